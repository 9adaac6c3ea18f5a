package dev.locret.backend.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Folders in which CUDA's libraries may lie, best first: what the user named, a toolkit's, the system's, and where pip
 * puts NVIDIA's wheels.
 *
 * @param folders looked at in this order
 */
record LibrarySearch(List<Path> folders) {
    /** Folders to look at before all others, as in {@code LOCRET_CUDA_PATH}. */
    static final String PROPERTY = "locret.cuda.path";

    private static final String VARIABLE = "LOCRET_CUDA_PATH";
    private static final List<String> INSIDE_TOOLKIT = List.of("lib64", "lib", "targets/x86_64-linux/lib", "bin");
    private static final List<String> INSIDE_WHEELS =
            List.of("nvidia/cuda_nvrtc/lib", "nvidia/cublas/lib", "nvidia/cuda_nvrtc/bin", "nvidia/cublas/bin");
    private static final List<String> SYSTEM = List.of(
            "/usr/lib/x86_64-linux-gnu",
            "/lib/x86_64-linux-gnu",
            "/usr/lib64",
            "/usr/lib/wsl/lib",
            "/usr/local/cuda/lib64",
            "/usr/local/cuda-12/lib64",
            "C:/Windows/System32");
    private static final List<String> PYTHONS =
            List.of("/usr/local/lib", "/usr/lib", "/opt/conda/lib", "/usr/local/lib64", "/usr/lib64");

    /** The folders of this machine. */
    static LibrarySearch ofMachine() {
        return of(System::getenv, System::getProperty, SYSTEM, PYTHONS);
    }

    /**
     * @param environment variables by name, null for those that are not set
     * @param properties system properties, the same
     * @param system folders of the system's libraries
     * @param pythons folders that hold {@code python3.x}
     */
    static LibrarySearch of(
            UnaryOperator<String> environment,
            UnaryOperator<String> properties,
            List<String> system,
            List<String> pythons) {
        Set<Path> folders = new LinkedHashSet<>();
        for (String named : List.of(text(properties.apply(PROPERTY)), text(environment.apply(VARIABLE)))) {
            for (Path each : split(named)) {
                folders.add(each);
                addToolkit(folders, each);
                addWheels(folders, each);
            }
        }
        for (String toolkit : List.of("CUDA_HOME", "CUDA_PATH")) {
            split(environment.apply(toolkit)).forEach(each -> addToolkit(folders, each));
        }
        folders.addAll(split(environment.apply("LD_LIBRARY_PATH")));
        system.forEach(each -> folders.add(Path.of(each)));
        List<String> prefixes = new ArrayList<>();
        for (String prefix : new String[] {environment.apply("VIRTUAL_ENV"), environment.apply("CONDA_PREFIX")}) {
            if (prefix != null) {
                folders.add(Path.of(prefix, "lib"));
                addWheels(folders, Path.of(prefix, "Lib", "site-packages"));
                prefixes.add(prefix + "/lib");
            }
        }
        prefixes.add(text(properties.apply("user.home")) + "/.local/lib");
        prefixes.addAll(pythons);
        prefixes.forEach(each -> addPythons(folders, Path.of(each)));
        folders.addAll(split(environment.apply("PATH")));
        return new LibrarySearch(List.copyOf(folders));
    }

    /** The first file of that name. */
    Optional<Path> find(String name) {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    private static List<Path> split(String paths) {
        List<Path> out = new ArrayList<>();
        for (String each : text(paths).split(File.pathSeparator)) {
            try {
                if (!each.isBlank()) {
                    out.add(Path.of(each));
                }
            } catch (InvalidPathException e) {
                // Nothing can lie in a folder whose name this system does not allow.
                continue;
            }
        }
        return out;
    }

    private static void addToolkit(Set<Path> folders, Path toolkit) {
        INSIDE_TOOLKIT.forEach(inside -> folders.add(toolkit.resolve(inside)));
    }

    private static void addWheels(Set<Path> folders, Path packages) {
        INSIDE_WHEELS.forEach(inside -> folders.add(packages.resolve(inside)));
    }

    /** Packages of every Python in {@code lib}, the newest first. */
    private static void addPythons(Set<Path> folders, Path lib) {
        List<Path> pythons = new ArrayList<>();
        if (Files.isDirectory(lib)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(lib, "python3*")) {
                found.forEach(pythons::add);
            } catch (IOException e) {
                // A folder that cannot be listed holds nothing that could be loaded.
                return;
            }
        }
        pythons.sort(java.util.Comparator.comparing(Path::toString).reversed());
        for (Path python : pythons) {
            Stream.of("site-packages", "dist-packages").forEach(each -> addWheels(folders, python.resolve(each)));
        }
    }
}
