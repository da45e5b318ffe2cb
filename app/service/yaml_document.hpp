#pragma once

#include <yaml.h>

#include <optional>
#include <string_view>
#include <vector>

namespace pusherd::app {

/// A value of a YAML document, of which it is a view; absent, if there is none, or if it is null.
class yaml_value {
public:
    yaml_value() = default;
    yaml_value(yaml_document_t* document, const yaml_node_t* node) noexcept : document_(document), node_(node) {}

    [[nodiscard]] bool is_absent() const noexcept;
    [[nodiscard]] bool is_mapping() const noexcept;

    /// The text of a scalar, whatever other type it could be taken for; nothing: it is none.
    [[nodiscard]] std::optional<std::string_view> text() const noexcept;

    /// The items of a sequence; nothing: it is none.
    [[nodiscard]] std::optional<std::vector<yaml_value>> items() const;

    /// What a mapping has under a key, the last where it stands twice; absent, if it is no mapping.
    [[nodiscard]] yaml_value operator[](std::string_view key) const noexcept;

private:
    yaml_document_t* document_ = nullptr;
    const yaml_node_t* node_ = nullptr;
};

/// A document of YAML, by libyaml, which is loaded with the first one.
class yaml_document {
public:
    /// Throws std::invalid_argument, which says where it is none, and why, or net::loaded_library::missing.
    explicit yaml_document(std::string_view text);
    ~yaml_document();

    yaml_document(const yaml_document&) = delete;
    yaml_document& operator=(const yaml_document&) = delete;

    /// Absent, if the text has nothing in it.
    [[nodiscard]] yaml_value root() noexcept;

private:
    yaml_document_t document_{};
};

}  // namespace pusherd::app
