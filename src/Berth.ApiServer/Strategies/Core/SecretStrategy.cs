using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Core;

public sealed class SecretStrategy : ResourceStrategy<Secret>
{
    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Secret, string>> SelectableFields { get; } = new Dictionary<string, Func<Secret, string>>
    {
        ["type"] = s => s.Type,
    };

    /// <summary><c>stringData</c> is only a way of writing <c>data</c>: it is never stored.</summary>
    public override Secret Default(Secret value)
    {
        if (value.Type.Length == 0)
            value = value with { Type = "Opaque" };
        if (value.StringData.IsEmpty)
            return value;
        var written = value.StringData.Select(e => KeyValuePair.Create(e.Key, ByteString.FromUtf8(e.Value)));
        return value with { Data = value.Data.With(written), StringData = [] };
    }
}
