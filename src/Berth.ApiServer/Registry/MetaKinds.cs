using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.ApiServer.Registry;

/// <summary>The options of requests, as errors name them.</summary>
internal static class MetaKinds
{
    public static KindInfo DeleteOptions { get; } = Of("DeleteOptions");

    public static KindInfo ListOptions { get; } = Of("ListOptions");

    public static KindInfo PatchOptions { get; } = Of("PatchOptions");

    private static KindInfo Of(string name) => new()
    {
        Group = "meta.k8s.io",
        Version = "v1",
        Kind = name,
        Schema = Status.Schema,
        ReadJson = static (_, _) => throw new NotSupportedException("options are not objects"),
        ReadProto = static _ => throw new NotSupportedException("options are not objects"),
    };
}
