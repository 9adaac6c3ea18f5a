@echo off
rem Starts the command line from what `mvn package` built. LOCRET_JAVA_OPTS holds further options for Java.
setlocal EnableExtensions

for %%D in ("%~dp0..") do set "MODULE=%%~fD"
set "JAR="
for /f "delims=" %%F in ('dir /b "%MODULE%\target\langchain4j-locret-*.jar" 2^>nul') do call :jar "%%F"
if not defined JAR goto notbuilt
if not exist "%MODULE%\target\lib\" goto notbuilt

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
rem A trimmed Java may lack the module; then kernels are slower, and the log says so.
set "VECTOR=--add-modules jdk.incubator.vector"
set "VERSION="
call :readversion
if not defined VERSION (
    set "VECTOR="
    call :readversion
)
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

"%JAVA%" %VECTOR% %NATIVE% -XX:MaxRAMPercentage=70 -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.logFile=System.err -Dorg.slf4j.simpleLogger.log.org.apache.pdfbox=error -Dorg.slf4j.simpleLogger.log.org.apache.fontbox=error %LOCRET_JAVA_OPTS% -cp "%JAR%;%MODULE%\target\lib\*" dev.locret.cli.LocretCli %*
exit /b %ERRORLEVEL%

:notbuilt
echo locret: not-built: no jar and lib in %MODULE%\target; run: mvn -q -DskipTests package 1>&2
exit /b 1

:jar
set "NAME=%~n1"
if "%NAME:~-8%"=="-sources" exit /b 0
if "%NAME:~-8%"=="-javadoc" exit /b 0
if "%NAME:~-6%"=="-tests" exit /b 0
set "JAR=%MODULE%\target\%~1"
exit /b 0

rem The version is the third word of a line like: openjdk version "21.0.8". "call" keeps cmd from stripping the quotes
rem that begin a command.
:readversion
for /f "tokens=2,3" %%U in ('call "%JAVA%" %VECTOR% -version 2^>^&1') do (
    if "%%U"=="version" if not defined VERSION set "VERSION=%%~V"
)
exit /b 0
