/** Locret for LangChain4j: a chat model that reads long contexts with a KV cache of fixed size. */
package dev.locret;
