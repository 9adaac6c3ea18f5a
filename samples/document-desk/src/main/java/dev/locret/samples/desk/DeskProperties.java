package dev.locret.samples.desk;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the desk.
 *
 * @param users passwords by the name of their user, as {@link org.springframework.security.crypto.password.PasswordEncoder} writes
 *     them, {@code {noop}secret} for a plain one; without any there is a user {@code demo} whose password is made at the start and
 *     told in the log
 * @param maxCharacters most characters of a document's text
 * @param answerTokens most tokens of an answer
 */
@ConfigurationProperties("desk")
record DeskProperties(
        @DefaultValue Map<String, String> users,
        @DefaultValue("2000000") int maxCharacters,
        @DefaultValue("160") int answerTokens) {}
