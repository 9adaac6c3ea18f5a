package dev.locret.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Chromium without a window. A page is opened with a script of the test behind its own; what that finds comes back, with
 * every script error and every request that the page made, none of which is carried out.
 */
public final class Browser {
    /** Where it is, if not in the path. */
    private static final String VARIABLE = "LOCRET_CHROMIUM";

    private static final int SECONDS = 120;

    /** In front of all scripts of the page. The policy allows what stands in the page itself and nothing else. */
    private static final String FIRST = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
            + " style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\"><script>window.faults=[];"
            + "addEventListener('error',e=>faults.push(String(e.message||e.target.src)),true);"
            + "addEventListener('unhandledrejection',e=>faults.push(String(e.reason)));"
            + "addEventListener('securitypolicyviolation',e=>faults.push('request: '+e.blockedURI));</script>";

    private static final Pattern RESULT = Pattern.compile("data-result=\"([A-Za-z0-9+/=]*)\"");

    private Browser() {}

    /**
     * Opens a page.
     *
     * @param script body of a function that returns what is wanted to know
     * @return {@code {"value": what the function returned, "faults": [texts]}}
     */
    public static JsonNode open(Path page, String script) {
        try {
            String html = Files.readString(page);
            // Requests are refused after the page's own events, so what they leave is read in a later turn.
            String last = "<script>addEventListener('load',()=>setTimeout(()=>{let value=null;try{value=(()=>{" + script
                    + "})();}catch(e){faults.push(String(e));}"
                    + "document.documentElement.dataset.result=btoa(unescape(encodeURIComponent("
                    + "JSON.stringify({value,faults}))));},100));</script></body>";
            Path probed = Files.createTempFile("page", ".html");
            Files.writeString(
                    probed,
                    html.replaceFirst("<head>", Matcher.quoteReplacement("<head>" + FIRST))
                            .replace("</body>", last));
            try {
                return result(dump(probed));
            } finally {
                Files.delete(probed);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode result(String dom) throws IOException {
        Matcher result = RESULT.matcher(dom);
        if (!result.find()) {
            throw new IllegalStateException("the browser did not run the test's script: " + dom);
        }
        String json = new String(Base64.getDecoder().decode(result.group(1)), StandardCharsets.UTF_8);
        return new ObjectMapper().readTree(json);
    }

    /** The page as markup, after its scripts. */
    private static String dump(Path page) throws IOException {
        Path profile = Files.createTempDirectory("chromium");
        Path out = profile.resolve("dom.html");
        List<String> command = List.of(
                executable().toString(),
                "--headless",
                // Its own sandbox refuses to run as root, as which containers run tests.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile,
                "--virtual-time-budget=5000",
                "--dump-dom",
                page.toUri().toString());
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the browser did not end: seconds=" + SECONDS);
            }
            return Files.readString(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            deleteTree(profile);
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Path executable() {
        String named = System.getenv(VARIABLE);
        if (named != null) {
            return Path.of(named);
        }
        for (String directory : System.getenv("PATH").split(java.io.File.pathSeparator)) {
            for (String name : List.of("chromium", "chromium-browser", "google-chrome", "chrome")) {
                Path file = Path.of(directory, name);
                if (Files.isExecutable(file)) {
                    return file;
                }
            }
        }
        throw new IllegalStateException(
                "pages are looked at in Chromium, which is not in the path: apt-get install chromium,"
                        + " or say where it is by " + VARIABLE);
    }
}
