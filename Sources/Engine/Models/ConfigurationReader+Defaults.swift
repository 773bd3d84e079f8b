import Checkpoints

extension ConfigurationReader {
  /// Settings of generated text, of classes and of other frameworks, which transformers up to 4
  /// wrote into every configuration that stands inside another.
  private static let generation: Set<String> = [
    "bad_words_ids", "begin_suppress_tokens", "bos_token_id", "chunk_size_feed_forward",
    "decoder_start_token_id", "diversity_penalty", "do_sample", "early_stopping",
    "encoder_no_repeat_ngram_size", "eos_token_id", "exponential_decay_length_penalty",
    "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "id2label",
    "is_encoder_decoder", "label2id", "length_penalty", "low_memory", "max_length", "min_length",
    "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences",
    "output_attentions", "output_hidden_states", "output_scores", "pad_token_id", "prefix",
    "problem_type", "remove_invalid_values", "renormalize_logits", "repetition_penalty",
    "return_dict", "return_dict_in_generate", "sep_token_id", "suppress_tokens",
    "task_specific_params", "temperature", "tf_legacy_loss", "tie_encoder_decoder",
    "tie_word_embeddings", "tokenizer_class", "top_k", "top_p", "torchscript", "typical_p",
    "use_bfloat16",
  ]

  /// Takes note of these settings, and throws where one of them would change what an encoder
  /// computes.
  mutating func passOverDefaults() throws(ModelError) {
    for key in Self.generation { skip(key) }
    try neutral("add_cross_attention", .bool(false))
    try neutral("cross_attention_hidden_size")
    try neutral("is_decoder", .bool(false))
    try neutral("pruned_heads", .object(JSONObject()))
  }
}
