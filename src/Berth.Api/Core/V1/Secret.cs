using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Passwords, keys and certificates that pods read as environment variables or files; at most 1 MiB in all.</summary>
[Kind("", "v1", "Secret")]
[Resource("secrets", "secret")]
public sealed partial record Secret
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Values by key, as base64 in JSON. A key has letters, digits, dashes, underscores and dots.</summary>
    [Field(2)]
    public ApiMap<ByteString> Data { get; init; } = [];

    /// <summary>
    /// What the Secret holds, so that its keys can be checked: Opaque, kubernetes.io/tls, kubernetes.io/dockerconfigjson and others. Cannot
    /// change. Default: Opaque.
    /// </summary>
    [Field(3)]
    public string Type { get; init; } = "";

    /// <summary>Values as text, for writing alone: the server puts them into data, over what is there.</summary>
    [Field(4)]
    public ApiMap<string> StringData { get; init; } = [];

    /// <summary>True: contents can no longer change, nor can this be taken back. Default: false.</summary>
    [Field(5)]
    public bool? Immutable { get; init; }
}
