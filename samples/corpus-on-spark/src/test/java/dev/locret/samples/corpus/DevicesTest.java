package dev.locret.samples.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DevicesTest {
    @Test
    void theCardOfTheTaskIsTaken() {
        assertThat(Devices.of("auto", List.of("3"))).isEqualTo("cuda:3");
        assertThat(Devices.of("cuda", List.of("1"))).isEqualTo("cuda:1");
        assertThat(Devices.of("auto", List.of("2", "5"))).isEqualTo("cuda:2");
    }

    @Test
    void withoutOneTheOptionStays() {
        assertThat(Devices.of("auto", List.of())).isEqualTo("auto");
        assertThat(Devices.of("cuda", List.of())).isEqualTo("cuda");
    }

    @Test
    void whatIsExactStays() {
        assertThat(Devices.of("cpu", List.of("3"))).isEqualTo("cpu");
        assertThat(Devices.of("cuda:1", List.of("3"))).isEqualTo("cuda:1");
    }

    @Test
    void anAddressThatIsNoIndexIsRefused() {
        for (String address : List.of("GPU-8a5c", "", "-1", "0 1", "123456789012")) {
            assertThatThrownBy(() -> Devices.of("auto", List.of(address)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("spark: the address of a gpu is '" + address
                            + "', not an index such as 0: change what the discovery script prints");
        }
    }
}
