/** Texts and facts to hide in them, for training and for evaluation; what one of both uses, the other never does. */
package dev.locret.corpus;
