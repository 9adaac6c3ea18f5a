package dev.locret.eviction;

/** What a policy reads of a forward beside queries, keys and values; produced only for policies that ask. */
public enum Signal {
    /** How much attention entries get from new tokens: a second product of queries and keys. */
    ATTENTION,
    /** The hidden states that attention reads, after its norm. */
    ATTENTION_INPUT,
    /** How unexpected each token is: logits of all tokens. */
    SURPRISE
}
