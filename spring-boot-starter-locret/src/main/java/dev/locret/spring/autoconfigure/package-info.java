/** Locret's chat models as beans of a Spring Boot application. */
package dev.locret.spring.autoconfigure;
