using System.Text.Json.Nodes;
using Berth.Api.Json;
using Berth.Api.Schema;

namespace Berth.Api.Tests;

public class WireRoundTripTests
{
    public static TheoryData<string> Known()
    {
        var data = new TheoryData<string>();
        foreach (var name in WireReference.Names().Where(n => KindOf(n) is not null))
            data.Add(name);
        if (data.Count == 0)
            data.Add("");
        return data;
    }

    [Fact]
    public void Catalog_EveryServedKindOfTheReference_IsDescribed()
    {
        Assert.SkipWhen(WireReference.Folder is null, "the reference data is not beside this checkout");
        var known = WireReference.Names().Count(n => KindOf(n) is not null);
        Assert.True(known >= 65, $"only {known} of the reference's kinds are described");
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Json_ObjectWithEveryField_RoundTripsValueForValue(string name)
    {
        Assert.SkipWhen(name.Length == 0, "the reference data is not beside this checkout");
        var json = WireReference.Json(name);
        var report = new DecodeReport();
        var value = KindOf(name)!.ReadJson(json, report);
        Assert.Empty(report.Problems);
        AssertSameJson(json, ApiJson.Serialize(value));
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Proto_ObjectWithEveryField_RoundTripsByteForByte(string name)
    {
        Assert.SkipWhen(name.Length == 0, "the reference data is not beside this checkout");
        var bytes = WireReference.Proto(name);
        var value = KindOf(name)!.ReadProto(ApiProto.Open(bytes).Raw);
        AssertSameJson(WireReference.Json(name), ApiJson.Serialize(value));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(ApiProto.Serialize(value)));
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Equality_TwoReadsOfTheSameBytes_AreEqual(string name)
    {
        Assert.SkipWhen(name.Length == 0, "the reference data is not beside this checkout");
        var kind = KindOf(name)!;
        var json = WireReference.Json(name);
        var value = kind.ReadJson(json, null);
        Assert.Equal(value, kind.ReadJson(json, null));
        var text = System.Text.Encoding.UTF8.GetString(json);
        Assert.NotEqual(value, kind.ReadJson(System.Text.Encoding.UTF8.GetBytes(text.Replace("Value\"", "Other\"", StringComparison.Ordinal)), null));
    }

    private static KindInfo? KindOf(string name)
    {
        var kindAt = name.LastIndexOf('.');
        var versionAt = name.LastIndexOf('.', kindAt - 1);
        var group = name[..versionAt];
        var kind = ApiCatalog.ByKind(group == "core" ? "" : group, name[(versionAt + 1)..kindAt], name[(kindAt + 1)..]);
        return kind?.Schema.Field("metadata") is null ? null : kind;
    }

    private static void AssertSameJson(byte[] expected, byte[] actual)
    {
        var left = JsonNode.Parse(expected)!;
        var right = JsonNode.Parse(actual)!;
        // Servers set kind and apiVersion of claim templates by default, so Berth always writes them; the sample has none.
        if (right["kind"]?.GetValue<string>() == "StatefulSet")
        {
            foreach (var template in right["spec"]!["volumeClaimTemplates"]!.AsArray())
            {
                Assert.True(template!.AsObject().Remove("kind"));
                Assert.True(template.AsObject().Remove("apiVersion"));
            }
        }

        if (!JsonNode.DeepEquals(left, right))
            Assert.Fail($"expected:\n{left}\nactual:\n{right}");
    }
}
