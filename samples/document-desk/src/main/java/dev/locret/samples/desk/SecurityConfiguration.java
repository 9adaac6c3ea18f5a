package dev.locret.samples.desk;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Everything needs a login; scripts and styles come from this server only; forms carry a token. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(SecurityConfiguration.class);

    private static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
                    + "base-uri 'none'; frame-ancestors 'none'";

    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
        RequestMatcher scripts = PathPatternRequestMatcher.withDefaults().matcher("/api/**");
        return http.authorizeHttpRequests(requests -> requests
                        // An answer that is under way ends as it would, also when its session is over by then.
                        .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers("/desk.css", "/icon.svg", "/favicon.ico")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .formLogin(Customizer.withDefaults())
                .logout(logout -> logout.logoutSuccessUrl("/login?logout"))
                // A script wants a status, not the login page.
                .exceptionHandling(handling -> handling.defaultAuthenticationEntryPointFor(
                                new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED), scripts)
                        .defaultAccessDeniedHandlerFor(SecurityConfiguration::denied, scripts))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_POLICY)))
                .build();
    }

    /** A session takes its CSRF token with it, which is missed before the login is: that is no forged request. */
    private static void denied(HttpServletRequest request, HttpServletResponse response, AccessDeniedException e) {
        boolean loggedIn = SecurityContextHolder.getContext().getAuthentication() != null;
        response.setStatus(loggedIn ? HttpStatus.FORBIDDEN.value() : HttpStatus.UNAUTHORIZED.value());
    }

    @Bean
    UserDetailsService users(DeskProperties properties) {
        List<UserDetails> users = new ArrayList<>();
        properties.users().forEach((name, password) -> {
            if (!password.matches("\\{\\w+}.+")) {
                throw new IllegalArgumentException("desk.users." + name
                        + " does not say what kind of password it is, as {noop}secret and {bcrypt}$2a$… do");
            }
            users.add(User.withUsername(name).password(password).roles("USER").build());
        });
        if (users.isEmpty()) {
            String password = UUID.randomUUID().toString();
            LOG.info("Log in as demo with the password {}", password);
            users.add(User.withUsername("demo")
                    .password("{noop}" + password)
                    .roles("USER")
                    .build());
        }
        return new InMemoryUserDetailsManager(users);
    }
}
