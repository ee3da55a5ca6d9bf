using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "Secret")]
[Resource("secrets", "secret")]
public sealed partial record Secret
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public ApiMap<ByteString> Data { get; init; } = [];

    [Field(3)]
    public string Type { get; init; } = "";

    [Field(4)]
    public ApiMap<string> StringData { get; init; } = [];

    [Field(5)]
    public bool? Immutable { get; init; }
}
