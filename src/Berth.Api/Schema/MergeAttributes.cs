namespace Berth.Api.Schema;

/// <summary>Constant that an absent field is taken to be (<c>+default</c> in the Kubernetes API), as JSON.</summary>
/// <param name="json">The value as JSON: <c>"TCP"</c> with its quotes, <c>1</c>, <c>false</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(string json) : Attribute
{
    public string Json { get; } = json;
}

/// <summary>A list whose items are told apart by the named fields when several managers apply it (<c>x-kubernetes-list-type: map</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    public string[] Keys { get; } = keys;
}

/// <summary>A list of scalars without order or repeats (<c>x-kubernetes-list-type: set</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;

/// <summary>A struct or map that one manager owns as a whole (<c>x-kubernetes-map-type: atomic</c>).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class AtomicAttribute : Attribute;

/// <summary>How strategic merge patch treats the field (<c>x-kubernetes-patch-strategy</c> and <c>-merge-key</c>).</summary>
/// <param name="strategy"><c>merge</c>, <c>replace</c>, <c>retainKeys</c> or several with commas.</param>
/// <param name="mergeKey">Field that identifies an item of a merged list of objects; null for lists of scalars and for structs.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatchStrategyAttribute(string strategy, string? mergeKey = null) : Attribute
{
    public string Strategy { get; } = strategy;

    public string? MergeKey { get; } = mergeKey;
}
