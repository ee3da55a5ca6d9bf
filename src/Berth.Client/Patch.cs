using System.Text;
using Berth.Api;

namespace Berth.Client;

/// <summary>A change to send with PATCH, and how the server is to understand it.</summary>
public sealed record Patch(string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>RFC 6902: a list of operations.</summary>
    public static Patch Json(string operations) => new("application/json-patch+json", Encoding.UTF8.GetBytes(operations));

    /// <summary>RFC 7386: null removes, lists are replaced.</summary>
    public static Patch Merge(string json) => new("application/merge-patch+json", Encoding.UTF8.GetBytes(json));

    /// <summary>Kubernetes' merge, which knows the keys of lists.</summary>
    public static Patch Strategic(string json) => new("application/strategic-merge-patch+json", Encoding.UTF8.GetBytes(json));

    /// <summary>Server-side apply of a partial object.</summary>
    public static Patch Apply(IApiObject configuration) => new("application/apply-patch+yaml", ApiJson.Serialize(configuration));
}
