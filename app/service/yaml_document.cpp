#include "app/service/yaml_document.hpp"

#include "net/loaded_library.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace pusherd::app {
namespace {

// The functions that are used of it.
struct libyaml {
    decltype(&::yaml_document_delete) document_delete{};
    decltype(&::yaml_document_get_node) document_get_node{};
    decltype(&::yaml_document_get_root_node) document_get_root_node{};
    decltype(&::yaml_parser_delete) parser_delete{};
    decltype(&::yaml_parser_initialize) parser_initialize{};
    decltype(&::yaml_parser_load) parser_load{};
    decltype(&::yaml_parser_set_input_string) parser_set_input_string{};

    libyaml() {
        const net::loaded_library library("libyaml-0.so.2");
        library.find("yaml_document_delete", document_delete);
        library.find("yaml_document_get_node", document_get_node);
        library.find("yaml_document_get_root_node", document_get_root_node);
        library.find("yaml_parser_delete", parser_delete);
        library.find("yaml_parser_initialize", parser_initialize);
        library.find("yaml_parser_load", parser_load);
        library.find("yaml_parser_set_input_string", parser_set_input_string);
    }
};

const libyaml& library() {
    static const libyaml loaded;
    return loaded;
}

constexpr std::string_view nulls[] = {"", "~", "null", "Null", "NULL"};  // YAML 1.1; in quotes, they are texts

std::string_view text_of(const yaml_node_t& scalar) noexcept {
    const auto& value = scalar.data.scalar;
    return {reinterpret_cast<const char*>(value.value), value.length};
}

bool is_null(const yaml_node_t& node) noexcept {
    return node.type == YAML_SCALAR_NODE && node.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           std::find(std::begin(nulls), std::end(nulls), text_of(node)) != std::end(nulls);
}

// What is wrong is one of libyaml's own texts, and quotes nothing. Of bytes that are no text it does not tell the line.
std::string describe(const yaml_parser_t& failed) {
    const std::string where =
        failed.error == YAML_READER_ERROR ? "it" : "line " + std::to_string(failed.problem_mark.line + 1);
    return where + " is no YAML: " + (failed.problem != nullptr ? failed.problem : "it cannot be read");
}

}  // namespace

bool yaml_value::is_absent() const noexcept { return node_ == nullptr || is_null(*node_); }

bool yaml_value::is_mapping() const noexcept { return node_ != nullptr && node_->type == YAML_MAPPING_NODE; }

std::optional<std::string_view> yaml_value::text() const noexcept {
    if (is_absent() || node_->type != YAML_SCALAR_NODE) return std::nullopt;
    return text_of(*node_);
}

std::optional<std::vector<yaml_value>> yaml_value::items() const {
    if (node_ == nullptr || node_->type != YAML_SEQUENCE_NODE) return std::nullopt;
    const auto& items = node_->data.sequence.items;
    std::vector<yaml_value> all;
    std::transform(items.start, items.top, std::back_inserter(all), [this](yaml_node_item_t item) {
        return yaml_value(document_, library().document_get_node(document_, item));
    });
    return all;
}

yaml_value yaml_value::operator[](std::string_view key) const noexcept {
    if (!is_mapping()) return {};
    const auto& pairs = node_->data.mapping.pairs;
    for (const yaml_node_pair_t* each = pairs.top; each-- != pairs.start;) {
        const yaml_node_t* const name = library().document_get_node(document_, each->key);
        if (name->type == YAML_SCALAR_NODE && text_of(*name) == key)
            return {document_, library().document_get_node(document_, each->value)};
    }
    return {};
}

yaml_document::yaml_document(std::string_view text) {
    const libyaml& use = library();
    yaml_parser_t parser;
    if (use.parser_initialize(&parser) == 0) throw std::bad_alloc();
    const std::unique_ptr<yaml_parser_t, decltype(use.parser_delete)> end(&parser, use.parser_delete);
    use.parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    if (use.parser_load(&parser, &document_) != 0) return;
    if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    throw std::invalid_argument(describe(parser));
}

yaml_document::~yaml_document() { library().document_delete(&document_); }

yaml_value yaml_document::root() noexcept { return {&document_, library().document_get_root_node(&document_)}; }

}  // namespace pusherd::app
