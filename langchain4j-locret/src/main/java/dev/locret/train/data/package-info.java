/** Makes training samples from a user's own documents, without another model. */
package dev.locret.train.data;
