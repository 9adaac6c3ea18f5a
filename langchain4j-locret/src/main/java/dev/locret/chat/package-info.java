/** LangChain4j's messages, parameters and exceptions on one side, prompts and generations on the other. */
package dev.locret.chat;
