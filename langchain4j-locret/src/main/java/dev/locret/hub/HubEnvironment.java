package dev.locret.hub;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the environment variables of Hugging Face's libraries, with their precedence. */
final class HubEnvironment {
    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    private final Map<String, String> environment;

    HubEnvironment(Map<String, String> environment) {
        this.environment = environment;
    }

    HubConfig config() {
        return HubConfig.of(endpoint(), cacheDirectory())
                .withToken(token())
                .withOffline(value("HF_HUB_OFFLINE")
                        .map(text -> TRUE.contains(text.toUpperCase(Locale.ROOT)))
                        .orElse(false));
    }

    private URI endpoint() {
        String text = value("HF_ENDPOINT").orElse(DEFAULT_ENDPOINT);
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new LocretException(
                    ErrorId.INVALID_ARGUMENT, "hub: HF_ENDPOINT is not a URL: HF_ENDPOINT='" + text + "'", e);
        }
    }

    private Path cacheDirectory() {
        return path("HF_HUB_CACHE").orElseGet(() -> hfHome().resolve("hub"));
    }

    private Path hfHome() {
        return path("HF_HOME").orElseGet(() -> path("XDG_CACHE_HOME")
                .orElseGet(() -> home().resolve(".cache"))
                .resolve("huggingface"));
    }

    private Path home() {
        return Path.of(value("HOME").orElseGet(() -> System.getProperty("user.home")));
    }

    private Optional<String> token() {
        Optional<String> given = value("HF_TOKEN");
        if (given.isPresent()) {
            return given;
        }
        Path file = path("HF_TOKEN_PATH").orElseGet(() -> hfHome().resolve("token"));
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            throw new LocretException(
                    ErrorId.FILE_NOT_READABLE, "hub: cannot read the token file (" + e + "): " + file, e);
        }
    }

    private Optional<Path> path(String name) {
        return value(name).map(text -> {
            try {
                return text.equals("~") || text.startsWith("~/")
                        ? home().resolve(text.substring(Math.min(2, text.length())))
                        : Path.of(text);
            } catch (InvalidPathException e) {
                throw new LocretException(
                        ErrorId.INVALID_ARGUMENT, "hub: " + name + " is not a path: " + name + "='" + text + "'", e);
            }
        });
    }

    /** An empty variable counts as unset, as it is easily left behind by a shell. */
    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }
}
