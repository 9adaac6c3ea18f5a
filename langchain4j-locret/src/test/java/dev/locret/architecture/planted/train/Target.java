package dev.locret.architecture.planted.train;

public class Target {}
