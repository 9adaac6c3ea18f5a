package dev.locret.architecture.planted.chat;

import dev.locret.architecture.planted.train.Target;

/** A breach: training is for the command line alone. */
class UsesTraining {
    Target target;
}
