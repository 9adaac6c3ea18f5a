package dev.locret.spring.autoconfigure;

import dev.locret.LocretChatModel;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Public and a class of its own, as what processes it ahead of time wants it. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({LocretAutoConfiguration.class, LocretNamedModelsAutoConfiguration.class})
public class AheadOfTimeApplication {
    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(AheadOfTimeApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (ConfigurableApplicationContext context = application.run(args)) {
            System.out.println("budget of the reader: "
                    + context.getBean("locretChatModel-reader", LocretChatModel.class)
                            .engine()
                            .cachePlan()
                            .budget());
        }
    }
}
