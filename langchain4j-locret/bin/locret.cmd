@echo off
rem Starts the command line from what `mvn package` built. LOCRET_JAVA_OPTS holds further options for Java.
setlocal EnableExtensions

set "MODULE=%~dp0.."
set "JAR="
for %%F in ("%MODULE%\target\langchain4j-locret-*.jar") do (
    echo %%~nF| findstr /r /e /c:"-sources" /c:"-javadoc" /c:"-tests" >nul || set "JAR=%%~fF"
)
if not defined JAR goto notbuilt
if not exist "%MODULE%\target\lib\" goto notbuilt

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
set "VERSION="
for /f "tokens=3" %%V in ('""%JAVA%" -version 2>&1" ^| findstr /c:" version "') do if not defined VERSION set "VERSION=%%~V"
if not defined VERSION (
    echo locret: java-missing: no Java; install a JDK of version 17 or later and set JAVA_HOME 1>&2
    exit /b 1
)
for /f "delims=.-+ tokens=1" %%M in ("%VERSION%") do set "MAJOR=%%M"
if %MAJOR% LSS 17 (
    echo locret: java-too-old: Java is version %VERSION%, needed 17 or later 1>&2
    exit /b 1
)

rem From 22 on Java asks for this before it loads the native tokenizer, and has another console by default, which
rem would call any pipe a terminal.
set "NATIVE="
if %MAJOR% GEQ 22 set "NATIVE=--enable-native-access=ALL-UNNAMED -Djdk.console=java.base"

"%JAVA%" --add-modules jdk.incubator.vector %NATIVE% -XX:MaxRAMPercentage=70 -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.logFile=System.err -Dorg.slf4j.simpleLogger.log.org.apache.pdfbox=error -Dorg.slf4j.simpleLogger.log.org.apache.fontbox=error %LOCRET_JAVA_OPTS% -cp "%JAR%;%MODULE%\target\lib\*" dev.locret.cli.LocretCli %*
exit /b %ERRORLEVEL%

:notbuilt
echo locret: not-built: no jar and lib in %MODULE%\target; run: mvn -q -DskipTests package 1>&2
exit /b 1
