/**
 * Where models come from: local paths and repositories of the Hugging Face hub. Everything a server sends is taken as
 * hostile: names are checked before they become paths, lengths and hashes before a file becomes visible.
 */
package dev.locret.hub;
