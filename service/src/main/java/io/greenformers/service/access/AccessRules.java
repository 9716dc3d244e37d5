package io.greenformers.service.access;

import static io.greenformers.service.access.CallerAuthentication.authority;

import io.greenformers.service.limit.RequestRates;
import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.CrossOriginResourcePolicyHeaderWriter.CrossOriginResourcePolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.util.matcher.RequestHeaderRequestMatcher;

/**
 * Which caller may use which route. What no rule names is closed.
 *
 * <p>The only cookie is that of the console ({@link BrowserSessions}). Other sites' pages cannot
 * use it to change anything ({@link OwnPagesOnly}); other origins are given no access to answers
 * (no CORS).
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ManagementServerProperties.class)
class AccessRules {
  /** Pages load what comes from here, and nothing inline. A page may bring a policy of its own. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          + "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final String PERMISSIONS = "camera=(), geolocation=(), microphone=(), usb=()";

  @Bean
  SecurityFilterChain rules(
      HttpSecurity http,
      AccessSettings settings,
      BearerCallers callers,
      SessionCallers sessions,
      RequestRates rates,
      Refusals refusals,
      AuditFilter audit) {
    http.csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .headers(AccessRules::headers)
        .addFilterBefore(new RequestIds(), HeaderWriterFilter.class)
        .addFilterAfter(audit, HeaderWriterFilter.class)
        .addFilterBefore(new RequestContext(rates, refusals), ExceptionTranslationFilter.class)
        .addFilterBefore(new OwnPagesOnly(refusals), AuthorizationFilter.class)
        .authorizeHttpRequests(AccessRules::routes)
        .exceptionHandling(refused ->
            refused
                .authenticationEntryPoint((request, response, e) ->
                    refusals.answer(request, response, AccessException.notLoggedIn()))
                .accessDeniedHandler((request, response, e) ->
                    refusals.answer(request, response, AccessException.forbidden())));
    if (settings.login()) {
      http.oauth2ResourceServer(tokens ->
              tokens
                  .authenticationManagerResolver(request -> callers)
                  .authenticationEntryPoint(new InvalidBearer(rates, refusals)))
          .addFilterBefore(sessions, BearerTokenAuthenticationFilter.class);
    } else {
      http.anonymous(everyone ->
              everyone
                  .principal(Caller.LOCAL)
                  .authorities(
                      List.copyOf(CallerAuthentication.authorities(Caller.LOCAL.scopes()))))
          .addFilterBefore(new LoopbackOnly(refusals), AuthorizationFilter.class);
    }
    return http.build();
  }

  /** The audit filter is one of the chain above only. */
  @Bean
  static FilterRegistrationBean<AuditFilter> notOfTheServer(AuditFilter audit) {
    FilterRegistrationBean<AuditFilter> registration = new FilterRegistrationBean<>(audit);
    registration.setEnabled(false);
    return registration;
  }

  /** So is that of the console's cookies. */
  @Bean
  static FilterRegistrationBean<SessionCallers> notOfTheServerEither(SessionCallers sessions) {
    FilterRegistrationBean<SessionCallers> registration = new FilterRegistrationBean<>(sessions);
    registration.setEnabled(false);
    return registration;
  }

  private static void routes(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          routes) {
    routes
        .dispatcherTypeMatchers(DispatcherType.ERROR)
        .permitAll()
        // some libraries obey it: a request that reads by these rules would change something
        .requestMatchers(new RequestHeaderRequestMatcher("X-HTTP-Method-Override"))
        .denyAll()
        .requestMatchers(HttpMethod.GET, "/", "/console/assets/**", "/v3/api-docs/**")
        .permitAll()
        .requestMatchers("/console/sign-in", "/console/sign-out")
        .permitAll()
        .requestMatchers(HttpMethod.GET, "/actuator/health/**")
        .permitAll()
        .requestMatchers("/actuator/**", "/v1/keys/**", "/v1/admin/**")
        .hasAuthority(authority(Scope.ADMIN))
        .requestMatchers(HttpMethod.GET, "/v1/**", "/console/**")
        .hasAuthority(authority(Scope.READ))
        .requestMatchers(HttpMethod.HEAD, "/v1/**", "/console/**")
        .hasAuthority(authority(Scope.READ))
        .requestMatchers(HttpMethod.OPTIONS, "/v1/**")
        .hasAuthority(authority(Scope.READ))
        .requestMatchers("/v1/**", "/console/**")
        .hasAuthority(authority(Scope.WRITE))
        .anyRequest()
        .denyAll();
  }

  private static void headers(HeadersConfigurer<HttpSecurity> headers) {
    headers
        .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_POLICY))
        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
        .permissionsPolicyHeader(policy -> policy.policy(PERMISSIONS))
        .crossOriginOpenerPolicy(policy -> policy.policy(CrossOriginOpenerPolicy.SAME_ORIGIN))
        .crossOriginResourcePolicy(policy -> policy.policy(CrossOriginResourcePolicy.SAME_ORIGIN));
  }
}
