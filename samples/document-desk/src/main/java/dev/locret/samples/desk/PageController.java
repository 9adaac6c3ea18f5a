package dev.locret.samples.desk;

import java.security.Principal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The one page. */
@Controller
class PageController {
    /** What browsers ask for on the login page, which is not ours. */
    @GetMapping("/favicon.ico")
    String icon() {
        return "forward:/icon.svg";
    }

    @GetMapping("/")
    String desk(Model model, Principal user) {
        model.addAttribute("user", user.getName());
        return "desk";
    }
}
