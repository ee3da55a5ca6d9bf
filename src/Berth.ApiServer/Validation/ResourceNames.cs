using Berth.Api;

namespace Berth.ApiServer.Validation;

/// <summary>What the names of resources (cpu, hugepages-2Mi, vendor.example/device, ...) mean.</summary>
public static class ResourceNames
{
    private const string HugePages = "hugepages-";

    private static readonly HashSet<string> s_counted =
    [
        "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
        "services.nodeports", "services.loadbalancers",
    ];

    private static readonly HashSet<string> s_compute =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    ];

    public static bool IsHugePages(string name) => name.StartsWith(HugePages, StringComparison.Ordinal);

    public static bool IsStandard(string name) => name == "storage" || IsQuota(name);

    public static bool IsQuota(string name) =>
        s_counted.Contains(name) || s_compute.Contains(name) || IsHugePages(name) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    public static bool IsContainer(string name) => name is "cpu" or "memory" or "ephemeral-storage" || IsHugePages(name);

    public static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    public static bool IsExtended(string name) =>
        !IsNative(name) && !name.StartsWith("requests.", StringComparison.Ordinal) && NameSyntax.QualifiedName("requests." + name).Length == 0;

    /// <summary>A request may be below its limit; of other resources a container gets exactly what it asks for.</summary>
    public static bool AllowsOvercommit(string name) => IsNative(name) && !IsHugePages(name);

    public static bool IsWhole(string name) => s_counted.Contains(name) || IsExtended(name);

    public static bool IsDivisible(string name, Quantity quantity) =>
        Quantity.TryParse(name[HugePages.Length..], out var page) && page.Value > 0 && page.MilliValue % 1000 == 0 && quantity.Value % page.Value == 0;
}
