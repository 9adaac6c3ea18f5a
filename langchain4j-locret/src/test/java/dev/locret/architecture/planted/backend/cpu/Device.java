package dev.locret.architecture.planted.backend.cpu;

public class Device {}
