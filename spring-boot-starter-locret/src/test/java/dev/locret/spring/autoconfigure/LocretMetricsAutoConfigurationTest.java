package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.LocretChatModel;
import dev.locret.engine.LocretEngine;
import dev.locret.metrics.LocretMetrics;
import dev.locret.testing.DemoEngine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

class LocretMetricsAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(LocretAutoConfiguration.class, LocretMetricsAutoConfiguration.class));

    private final ApplicationContextRunner loaded =
            withEngine("demoEngine", runner).withPropertyValues("langchain4j.locret.model-path=demo");

    private static ApplicationContextRunner withEngine(String name, ApplicationContextRunner runner) {
        return runner.withBean(
                name, LocretEngine.class, DemoEngine::shared, definition -> definition.setDestroyMethodName(""));
    }

    @Test
    void bootBindsTheMeters() {
        loaded.withConfiguration(AutoConfigurations.of(
                        bootClass("MetricsAutoConfiguration"),
                        bootClass("export.simple.SimpleMetricsExportAutoConfiguration")))
                .run(context -> {
                    double limit = context.getBean(MeterRegistry.class)
                            .get("locret.sessions.limit")
                            .tag("gen_ai.request.model", DemoEngine.shared().modelName())
                            .gauge()
                            .value();
                    assertThat(limit)
                            .isEqualTo(DemoEngine.shared().status().queue().sessions());
                });
    }

    /** A class of Boot's metrics, which have moved with Boot 4. */
    private static Class<?> bootClass(String name) {
        String three = "org.springframework.boot.actuate.autoconfigure.metrics.";
        String four = "org.springframework.boot.micrometer.metrics.autoconfigure.";
        return ClassUtils.isPresent(three + name, null)
                ? ClassUtils.resolveClassName(three + name, null)
                : ClassUtils.resolveClassName(four + name, null);
    }

    @Test
    void worksWithoutMicrometer() {
        loaded.withClassLoader(new FilteredClassLoader("io.micrometer.core")).run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(LocretChatModel.class)
                .doesNotHaveBean("locretMetrics"));
    }

    @Test
    void isOffWithoutAnEngineOrWithSeveral() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LocretMetrics.class));
        withEngine("second", withEngine("first", runner))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LocretMetrics.class));
    }

    @Test
    void backsOffFromMetersOfTheApplication() {
        LocretMetrics own = new LocretMetrics(DemoEngine.shared(), Tags.of("place", "here"));

        loaded.withBean("own", LocretMetrics.class, () -> own)
                .run(context -> assertThat(context).getBean(LocretMetrics.class).isSameAs(own));
    }
}
