/** How frameworks put their own builders in place of Locret's, as in every integration of LangChain4j. */
package dev.locret.spi;
