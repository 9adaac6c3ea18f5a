import dev.locret.LocretChatModel;

/** Asks a question: {@code run.sh Chat MODEL}. */
class Chat {
    public static void main(String[] args) {
        String path = args[0];
        try (LocretChatModel model = LocretChatModel.builder().modelPath(path).build()) {
            System.out.println(model.chat("What is the capital of France?"));
        }
    }
}
