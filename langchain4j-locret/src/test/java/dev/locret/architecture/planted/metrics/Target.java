package dev.locret.architecture.planted.metrics;

public class Target {}
