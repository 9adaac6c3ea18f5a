package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.engine.EngineOptions;
import dev.locret.eval.Candidate;
import dev.locret.eval.TuningSamples;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What {@code locret tune} writes is what the starter reads. */
class TunedPropertiesTest {
    @Test
    void everyPropertyIsBound() throws IOException {
        Properties written = new Properties();
        written.load(new StringReader(TuningSamples.properties()));

        BindResult<LocretProperties> bound = new Binder(new MapConfigurationPropertySource(written))
                .bind(
                        LocretProperties.PREFIX,
                        Bindable.of(LocretProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT));

        LocretProperties properties = bound.get();
        EngineOptions options = Settings.apply(properties, EngineOptions.builder(Path.of(properties.modelPath())))
                .build();
        Candidate chosen = TuningSamples.CHOSEN;
        assertThat(options.policy()).isEqualTo(chosen.policy());
        assertThat(options.cacheBudget()).isEqualTo(chosen.budget());
        assertThat(options.chunkSize()).isEqualTo(chosen.chunkSize());
        assertThat(options.budgetAllocation()).hasToString(chosen.allocation());
        assertThat(options.pinnedTokens()).isEqualTo(chosen.pinnedTokens());
        assertThat(options.recentShare()).isEqualTo(chosen.recentShare());
        assertThat(options.scorePooling()).isEqualTo(chosen.scorePooling());
        assertThat(properties.kvCacheType()).hasToString(chosen.cacheType());
        assertThat(options.kvCacheType()).hasToString(chosen.cacheType());
        assertThat(options.localTokens()).isEqualTo(120);
        assertThat(options.prefixCacheBytes()).isEqualTo(170L << 20);
        assertThat(properties.chatModel().questionAware()).isTrue();
        assertThat(properties.streamingChatModel().questionAware()).isTrue();
        assertThat(options.headsPath()).isNotNull();
    }
}
