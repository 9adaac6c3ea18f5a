package dev.locret.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** As in an application for the CPU, which has no JCuda. */
class WithoutJCudaTest {
    @Test
    void theCpuIsTakenAndTheCardSaysWhatIsMissing() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> loader.loadClass("jcuda.driver.CUdeviceptr"))
                    .isInstanceOf(ClassNotFoundException.class);
            Method open = loader.loadClass(Backends.class.getName()).getMethod("open", String.class, int.class);
            try (AutoCloseable backend = (AutoCloseable) open.invoke(null, "auto", 1)) {
                assertThat(backend.getClass().getSimpleName()).isEqualTo("CpuBackend");
            }
            assertThatThrownBy(() -> open.invoke(null, "cuda", 1))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessageContaining(
                            "cuda: not found: JCuda (add org.jcuda:jcuda:12.6.0 and org.jcuda:jcublas:12.6.0 to the class path)");
        }
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            File file = new File(entry);
            if (!file.getName().startsWith("jcuda") && !file.getName().startsWith("jcublas")) {
                urls.add(file.toURI().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
