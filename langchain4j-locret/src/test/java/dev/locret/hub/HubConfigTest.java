package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubConfigTest {
    @TempDir
    Path home;

    @Test
    void defaultsAreThoseOfHuggingFace() {
        HubConfig config = HubConfig.fromEnvironment(Map.of("HOME", home.toString()));
        assertThat(config.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(config.cacheDirectory()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(config.token()).isEmpty();
        assertThat(config.offline()).isFalse();
    }

    @Test
    void cacheVariablesHaveTheirPrecedence() {
        Map<String, String> xdg = Map.of("HOME", "/h", "XDG_CACHE_HOME", "/x");
        Map<String, String> hfHome = Map.of("HOME", "/h", "XDG_CACHE_HOME", "/x", "HF_HOME", "~/hf");
        Map<String, String> hubCache = Map.of("HOME", "/h", "HF_HOME", "/hf", "HF_HUB_CACHE", "/c");
        assertThat(HubConfig.fromEnvironment(xdg).cacheDirectory()).isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(HubConfig.fromEnvironment(hfHome).cacheDirectory()).isEqualTo(Path.of("/h/hf/hub"));
        assertThat(HubConfig.fromEnvironment(hubCache).cacheDirectory()).isEqualTo(Path.of("/c"));
    }

    @Test
    void tokenComesFromVariableThenFile() throws IOException {
        Path file = home.resolve("token");
        Files.writeString(file, "hf_file\n");
        Map<String, String> fromFile = Map.of("HF_HOME", home.toString());
        Map<String, String> fromBoth = Map.of("HF_HOME", home.toString(), "HF_TOKEN", "hf_variable");
        Map<String, String> elsewhere =
                Map.of("HF_HOME", home.resolve("no").toString(), "HF_TOKEN_PATH", file.toString());
        assertThat(HubConfig.fromEnvironment(fromFile).token()).contains("hf_file");
        assertThat(HubConfig.fromEnvironment(fromBoth).token()).contains("hf_variable");
        assertThat(HubConfig.fromEnvironment(elsewhere).token()).contains("hf_file");
    }

    @ParameterizedTest
    @CsvSource({"1, true", "yes, true", "TRUE, true", "on, true", "0, false", "no, false", "'', false"})
    void offlineIsReadAsHuggingFaceReadsIt(String value, boolean offline) {
        Map<String, String> environment = Map.of("HOME", home.toString(), "HF_HUB_OFFLINE", value);
        assertThat(HubConfig.fromEnvironment(environment).offline()).isEqualTo(offline);
    }

    @Test
    void endpointLosesItsLastSlashAndKeepsItsPath() {
        HubConfig config =
                HubConfig.fromEnvironment(Map.of("HOME", home.toString(), "HF_ENDPOINT", "http://mirror:8080/hf/"));
        assertThat(config.endpoint()).isEqualTo(URI.create("http://mirror:8080/hf"));
    }

    @Test
    void refusesBadValues() {
        String rule = "hub: endpoint must be http(s)://host[:port][/path]: endpoint=";
        refuses("HF_ENDPOINT", "ftp://mirror/x", rule + "ftp://mirror/x");
        refuses("HF_ENDPOINT", "mirror", rule + "mirror");
        refuses("HF_ENDPOINT", "https://user:secret@mirror", rule + "https://mirror");
        refuses("HF_ENDPOINT", "http://a b", "hub: HF_ENDPOINT is not a URL: HF_ENDPOINT='http://a b'");
        refuses("HF_HUB_CACHE", "a\0b", "hub: HF_HUB_CACHE is not a path: HF_HUB_CACHE='a\0b'");
        refuses("HF_TOKEN", "hf_a\r\nX: y", "hub: the token holds a space or control character");
        HubConfig config = HubConfig.of(URI.create("http://mirror"), home);
        HubAsserts.assertFails(
                () -> config.withRetries(-1),
                ErrorId.INVALID_ARGUMENT,
                "retries out of range: retries=-1, allowed=0..100");
        HubAsserts.assertFails(
                () -> config.withSilence(Duration.ZERO),
                ErrorId.INVALID_ARGUMENT,
                "silence must be positive: silence=PT0S");
    }

    @Test
    void neverPrintsTheToken() {
        HubConfig config = HubConfig.of(URI.create("http://mirror"), home).withToken(Optional.of("hf_secret"));
        assertThat(config.toString()).contains("token=set").doesNotContain("hf_secret");
    }

    private void refuses(String variable, String value, String message) {
        HubAsserts.assertFails(
                () -> HubConfig.fromEnvironment(Map.of("HOME", home.toString(), variable, value)),
                ErrorId.INVALID_ARGUMENT,
                message);
    }
}
