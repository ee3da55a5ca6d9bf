using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "ConfigMap")]
[Resource("configmaps", "configmap", ShortNames = "cm")]
public sealed partial record ConfigMap
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public ApiMap<string> Data { get; init; } = [];

    [Field(3)]
    public ApiMap<ByteString> BinaryData { get; init; } = [];

    [Field(4)]
    public bool? Immutable { get; init; }
}
