using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Text and small files that pods read as environment variables or files. Not for secrets; at most 1 MiB in all.</summary>
[Kind("", "v1", "ConfigMap")]
[Resource("configmaps", "configmap", ShortNames = "cm")]
public sealed partial record ConfigMap
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Text by key. A key has letters, digits, dashes, underscores and dots, and is in data or binaryData, not in both.</summary>
    [Field(2)]
    public ApiMap<string> Data { get; init; } = [];

    /// <summary>Bytes by key, as base64 in JSON.</summary>
    [Field(3)]
    public ApiMap<ByteString> BinaryData { get; init; } = [];

    /// <summary>True: contents can no longer change, nor can this be taken back; nodes need not watch it then. Default: false.</summary>
    [Field(4)]
    public bool? Immutable { get; init; }
}
