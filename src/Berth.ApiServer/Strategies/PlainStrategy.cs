using Berth.Api;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies;

/// <summary>A kind without rules of its own but for its names, its generation and, where it has one, its status.</summary>
/// <param name="empty">An object whose status is empty.</param>
/// <param name="withStatusOf">The first object with the status of the second; null for kinds without status.</param>
public sealed class PlainStrategy<T>(T empty, Func<T, T, T>? withStatusOf, bool hasGeneration, NameRule nameRule = NameRule.DnsSubdomain) : ResourceStrategy<T>
    where T : class, IApiObject<T>
{
    public override NameRule NameRule => nameRule;

    public override bool HasGeneration => hasGeneration;

    public override T PrepareForCreate(T value) => withStatusOf is null ? value : withStatusOf(value, empty);

    public override T PrepareForUpdate(T value, T old) => withStatusOf is null ? value : withStatusOf(value, old);

    public override T PrepareForStatusUpdate(T value, T old) =>
        withStatusOf is null ? value : withStatusOf(old, value).WithMetadata(value.Metadata);
}
