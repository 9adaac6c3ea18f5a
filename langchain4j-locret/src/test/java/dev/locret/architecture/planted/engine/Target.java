package dev.locret.architecture.planted.engine;

public class Target {}
