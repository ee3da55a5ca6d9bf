using System.Globalization;
using System.Text.Json;
using Berth.Api;
using Berth.Node.Lifecycle.Eviction;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;

namespace Berth.Node.Resources;

/// <summary>Reads a file of kind KubeletConfiguration (kubelet.config.k8s.io/v1beta1), as the kubelet does, for what Berth heeds of it.</summary>
public static class KubeletConfigurationFile
{
    private const string ApiVersion = "kubelet.config.k8s.io/v1beta1";

    // Fields of Kubernetes 1.36 that are accepted and change nothing.
    private static readonly HashSet<string> s_unheeded =
    [
        "enableServer", "podLogsDir", "syncFrequency", "fileCheckFrequency", "httpCheckFrequency", "staticPodURL", "staticPodURLHeader", "address", "port",
        "readOnlyPort", "tlsCertFile", "tlsPrivateKeyFile", "tlsCipherSuites", "tlsCurvePreferences", "tlsMinVersion", "rotateCertificates", "serverTLSBootstrap",
        "authentication", "authorization", "registryPullQPS", "registryBurst", "imagePullCredentialsVerificationPolicy", "preloadedImagesVerificationAllowlist",
        "eventRecordQPS", "eventBurst", "enableDebuggingHandlers", "enableContentionProfiling", "healthzPort", "healthzBindAddress", "oomScoreAdj", "clusterDomain",
        "clusterDNS", "streamingConnectionIdleTimeout", "nodeStatusUpdateFrequency", "nodeStatusReportFrequency", "nodeLeaseDurationSeconds", "imageMinimumGCAge",
        "imageMaximumGCAge", "imageGCHighThresholdPercent", "imageGCLowThresholdPercent", "volumeStatsAggPeriod", "kubeletCgroups", "systemCgroups", "cgroupRoot",
        "cgroupsPerQOS", "cgroupDriver", "qosReserved", "runtimeRequestTimeout", "hairpinMode", "podCIDR", "resolvConf", "runOnce",
        "cpuCFSQuotaPeriod", "nodeStatusMaxImages", "maxOpenFiles", "contentType", "kubeAPIQPS", "kubeAPIBurst", "serializeImagePulls", "maxParallelImagePulls",
        "podsPerCore", "enableControllerAttachDetach", "protectKernelDefaults", "makeIPTablesUtilChains", "iptablesMasqueradeBit",
        "iptablesDropBit", "containerLogMaxSize", "containerLogMaxFiles", "containerLogMaxWorkers",
        "containerLogMonitorInterval", "configMapAndSecretChangeDetectionStrategy", "showHiddenMetricsForVersion", "systemReservedCgroup", "kubeReservedCgroup",
        "enforceNodeAllocatable", "allowedUnsafeSysctls", "volumePluginDir", "providerID", "kernelMemcgNotification", "logging", "enableSystemLogHandler",
        "enableSystemLogQuery", "crashLoopBackOff",
        "enableProfilingHandler", "enableDebugFlagsHandler", "seccompDefault", "registerWithTaints",
        "registerNode", "tracing", "localStorageCapacityIsolation", "containerRuntimeEndpoint", "imageServiceEndpoint", "failCgroupV", "failCgroupV1", "userNamespaces",
    ];

    /// <param name="json">The file, from YAML where it was YAML.</param>
    /// <exception cref="NodeConfigurationException">A field is unknown or has a wrong value.</exception>
    public static NodeConfiguration Read(ReadOnlySpan<byte> json)
    {
        JsonElement root;
        try
        {
            var reader = new Utf8JsonReader(json);
            root = JsonElement.ParseValue(ref reader);
        }
        catch (JsonException error)
        {
            throw new NodeConfigurationException("the file", error.Message);
        }

        if (root.ValueKind != JsonValueKind.Object)
            throw new NodeConfigurationException("the file", "it must be an object of kind KubeletConfiguration");
        Expect(root, "kind", "KubeletConfiguration");
        Expect(root, "apiVersion", ApiVersion);

        var result = NodeConfiguration.Default;
        var unheeded = new List<string>();
        ApiMap<string> cpuOptions = [], topologyOptions = [];
        ApiMap<Quantity> kube = [], system = [];
        var eviction = EvictionOptions.Default;
        ApiMap<EvictionAmount>? hard = null;
        var merge = false;
        var (shutdown, shutdownCritical) = (TimeSpan.Zero, TimeSpan.Zero);
        ApiList<ShutdownTier> tiers = [];
        foreach (var field in root.EnumerateObject().Where(f => f.Value.ValueKind != JsonValueKind.Null))
        {
            var (name, value) = (field.Name, field.Value);
            switch (name)
            {
                case "kind" or "apiVersion" or "metadata":
                    break;
                case "cpuManagerPolicy":
                    result = result with { Cpu = result.Cpu with { Static = OneOf(name, value, "none", "static") == "static" } };
                    break;
                case "cpuManagerPolicyOptions":
                    cpuOptions = Strings(name, value);
                    break;
                case "cpuManagerReconcilePeriod":
                    result = result with { ReconcilePeriod = Duration(name, value) };
                    break;
                case "memoryManagerPolicy":
                    result = result with { StaticMemory = OneOf(name, value, "None", "Static") == "Static" };
                    break;
                case "topologyManagerPolicy":
                    result = result with
                    {
                        Alignment = OneOf(name, value, "none", "best-effort", "restricted", "single-numa-node") switch
                        {
                            "best-effort" => AlignmentPolicy.BestEffort,
                            "restricted" => AlignmentPolicy.Restricted,
                            "single-numa-node" => AlignmentPolicy.SingleNumaNode,
                            _ => AlignmentPolicy.None,
                        },
                    };
                    break;
                case "topologyManagerScope":
                    result = result with { PodScope = OneOf(name, value, "container", "pod") == "pod" };
                    break;
                case "topologyManagerPolicyOptions":
                    topologyOptions = Strings(name, value);
                    break;
                case "reservedSystemCPUs":
                    var text = Text(name, value);
                    if (!CpuSet.TryParse(text, out var cpus))
                        throw new NodeConfigurationException(name, $"\"{text}\" is not a list of CPUs such as 0-1,8");
                    result = result with { ReservedCpus = cpus.IsEmpty ? null : cpus };
                    break;
                case "kubeReserved":
                    kube = Amounts(name, value);
                    break;
                case "systemReserved":
                    system = Amounts(name, value);
                    break;
                case "reservedMemory":
                    result = result with { ReservedMemory = MemoryOfNodes(name, value) };
                    break;
                case "maxPods":
                    result = result with { PodsMax = (int)Number(name, value, 0, int.MaxValue) };
                    break;
                case "podPidsLimit":
                    var pids = Number(name, value, -1, long.MaxValue);
                    if (pids == 0)
                        throw new NodeConfigurationException(name, "0 lets no pod run; -1 sets no limit");
                    result = result with { PodPidsMax = pids > 0 ? pids : null };
                    break;
                case "cpuCFSQuota":
                    result = result with { CpuQuota = Truth(name, value) };
                    break;
                case "evictionHard":
                    hard = Signals(name, value, unheeded, EvictionAmountOf);
                    break;
                case "evictionSoft":
                    eviction = eviction with { Soft = Signals(name, value, unheeded, EvictionAmountOf) };
                    break;
                case "evictionSoftGracePeriod":
                    eviction = eviction with { SoftGracePeriods = Signals(name, value, unheeded, DurationOf) };
                    break;
                case "evictionMinimumReclaim":
                    eviction = eviction with { MinimumReclaim = Signals(name, value, unheeded, EvictionAmountOf) };
                    break;
                case "evictionPressureTransitionPeriod":
                    eviction = eviction with { PressureTransition = Duration(name, value) };
                    break;
                case "evictionMaxPodGracePeriod":
                    eviction = eviction with { PodGraceSecondsMax = Number(name, value, 0, int.MaxValue) };
                    break;
                case "memorySwap":
                    result = result with { LimitedSwap = value.TryGetProperty("swapBehavior", out var swap) && OneOf("memorySwap.swapBehavior", swap, "NoSwap", "LimitedSwap") == "LimitedSwap" };
                    break;
                case "failSwapOn":
                    result = result with { FailSwapOn = Truth(name, value) };
                    break;
                case "singleProcessOOMKill":
                    result = result with { SingleProcessOomKill = Truth(name, value) };
                    break;
                case "memoryThrottlingFactor":
                    result = result with
                    {
                        MemoryThrottlingFactor = value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and <= 1 and var factor
                            ? factor
                            : throw new NodeConfigurationException(name, $"{value.GetRawText()} is not a number above 0 and at most 1"),
                    };
                    break;
                case "memoryReservationPolicy":
                    result = result with { TieredReservation = OneOf(name, value, "None", "TieredReservation") == "TieredReservation" };
                    break;
                case "featureGates":
                    result = result with { MemoryQos = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("MemoryQoS", out var qos) && Truth("featureGates[MemoryQoS]", qos) };
                    break;
                case "staticPodPath":
                    result = result with { StaticPodPath = Text(name, value) is { Length: > 0 } pods ? pods : null };
                    break;
                case "shutdownGracePeriod":
                    shutdown = ShutdownDuration(name, value);
                    break;
                case "shutdownGracePeriodCriticalPods":
                    shutdownCritical = ShutdownDuration(name, value);
                    break;
                case "shutdownGracePeriodByPodPriority":
                    tiers = Tiers(name, value);
                    break;
                case "mergeDefaultEvictionSettings":
                    merge = Truth(name, value);
                    break;
                default:
                    if (!s_unheeded.Contains(name))
                        throw new NodeConfigurationException(name, "the kubelet of 1.36 has no such field");
                    unheeded.Add(name);
                    break;
            }
        }

        var reserved = kube;
        foreach (var (resource, amount) in system)
            reserved = reserved.With(resource, reserved.TryGetValue(resource, out var other) ? other + amount : amount);
        result = result with
        {
            Cpu = CpuOptions(result.Cpu, cpuOptions),
            Reserved = reserved,
            Unheeded = unheeded,
            ShutdownTiers = ShutdownTiers(shutdown, shutdownCritical, tiers),
            // As with the kubelet: who names one threshold names them all, unless they are to be added to the defaults.
            Eviction = eviction with { Hard = hard is null ? eviction.Hard : merge ? eviction.Hard.With(hard) : hard },
        };
        foreach (var signal in eviction.Soft.Keys.Where(s => !eviction.SoftGracePeriods.ContainsKey(s)))
            throw new NodeConfigurationException($"evictionSoft[{signal}]", "it needs a grace period in evictionSoftGracePeriod");
        TopologyOptions(topologyOptions, result.Alignment);
        return result;
    }

    // Critical: system-cluster-critical and above, as Kubernetes draws the line for the two plain fields.
    private static ApiList<ShutdownTier> ShutdownTiers(TimeSpan all, TimeSpan critical, ApiList<ShutdownTier> tiers)
    {
        if (!tiers.IsEmpty && (all > TimeSpan.Zero || critical > TimeSpan.Zero))
            throw new NodeConfigurationException("shutdownGracePeriodByPodPriority", "it stands in place of shutdownGracePeriod and shutdownGracePeriodCriticalPods: set either it or them");
        if (critical > all)
            throw new NodeConfigurationException("shutdownGracePeriodCriticalPods", "it is a part of shutdownGracePeriod, and cannot be longer");
        return !tiers.IsEmpty ? tiers
            : all == TimeSpan.Zero ? []
            : [new ShutdownTier(0, all - critical), new ShutdownTier(2_000_000_000, critical)];
    }

    private static TimeSpan ShutdownDuration(string name, JsonElement value) => Text(name, value) is "0" or "0s" or "0m" ? TimeSpan.Zero : Duration(name, value);

    private static ApiList<ShutdownTier> Tiers(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new NodeConfigurationException(name, "it must be a list of {priority, shutdownGracePeriodSeconds}");
        var tiers = new List<ShutdownTier>();
        foreach (var entry in value.EnumerateArray())
        {
            var field = $"{name}[{tiers.Count}]";
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("priority", out var priority) || !entry.TryGetProperty("shutdownGracePeriodSeconds", out var seconds))
                throw new NodeConfigurationException(field, "it must have priority and shutdownGracePeriodSeconds");
            tiers.Add(new((int)Number($"{field}.priority", priority, int.MinValue, int.MaxValue), TimeSpan.FromSeconds(Number($"{field}.shutdownGracePeriodSeconds", seconds, 0, 86_400))));
        }

        return tiers.OrderBy(t => t.Priority).ToApiList();
    }

    private static CpuPolicy CpuOptions(CpuPolicy policy, ApiMap<string> options)
    {
        if (!options.IsEmpty && !policy.Static)
            throw new NodeConfigurationException("cpuManagerPolicyOptions", "only cpuManagerPolicy: static has options");
        foreach (var (option, text) in options)
        {
            var field = $"cpuManagerPolicyOptions[{option}]";
            var on = TruthOf(field, text);
            policy = option switch
            {
                "full-pcpus-only" => policy with { FullCoresOnly = on },
                "distribute-cpus-across-numa" => policy with { DistributeAcrossNuma = on },
                "align-by-socket" => policy with { AlignBySocket = on },
                "distribute-cpus-across-cores" => policy with { DistributeAcrossCores = on },
                "strict-cpu-reservation" => policy with { StrictReservation = on },
                "prefer-align-cpus-by-uncorecache" => policy with { PreferSharedCache = on },
                _ => throw new NodeConfigurationException(field, "there is no such option; there are full-pcpus-only, distribute-cpus-across-numa, align-by-socket, distribute-cpus-across-cores, strict-cpu-reservation and prefer-align-cpus-by-uncorecache"),
            };
        }

        Apart(policy.FullCoresOnly && policy.DistributeAcrossCores, "full-pcpus-only", "distribute-cpus-across-cores");
        Apart(policy.DistributeAcrossNuma && policy.DistributeAcrossCores, "distribute-cpus-across-numa", "distribute-cpus-across-cores");
        Apart(policy.PreferSharedCache && policy.DistributeAcrossCores, "prefer-align-cpus-by-uncorecache", "distribute-cpus-across-cores");
        Apart(policy.PreferSharedCache && policy.DistributeAcrossNuma, "prefer-align-cpus-by-uncorecache", "distribute-cpus-across-numa");
        return policy;

        static void Apart(bool both, string one, string other)
        {
            if (both)
                throw new NodeConfigurationException("cpuManagerPolicyOptions", $"{one} and {other} contradict each other: set one of them");
        }
    }

    private static void TopologyOptions(ApiMap<string> options, AlignmentPolicy alignment)
    {
        if (!options.IsEmpty && alignment == AlignmentPolicy.None)
            throw new NodeConfigurationException("topologyManagerPolicyOptions", "topologyManagerPolicy: none has no options");
        foreach (var (option, text) in options)
        {
            var field = $"topologyManagerPolicyOptions[{option}]";
            switch (option)
            {
                case "prefer-closest-numa-nodes":
                    TruthOf(field, text); // always so
                    break;
                case "max-allowable-numa-nodes":
                    if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 8)
                        throw new NodeConfigurationException(field, $"\"{text}\" is not a number of at least 8");
                    break;
                default:
                    throw new NodeConfigurationException(field, "there is no such option; there are prefer-closest-numa-nodes and max-allowable-numa-nodes");
            }
        }
    }

    private static ApiMap<T> Signals<T>(string name, JsonElement value, List<string> unheeded, Func<string, string, T> parse)
    {
        var found = ApiMap<T>.Empty;
        foreach (var (signal, text) in Strings(name, value))
        {
            var field = $"{name}[{signal}]";
            var parsed = parse(field, text);
            if (EvictionSignals.All.Contains(signal))
                found = found.With(signal, parsed);
            else if (signal is "containerfs.available" or "containerfs.inodesFree" or "allocatableMemory.available")
                unheeded.Add(field);
            else
                throw new NodeConfigurationException(field, "there is no such signal");
        }

        return found;
    }

    private static EvictionAmount EvictionAmountOf(string field, string text)
    {
        try
        {
            if (EvictionAmount.Parse(text) is var amount && (amount.Share is not null || !amount.Amount.IsNegative)) return amount;
        }
        catch (FormatException)
        {
            // Told below, in the same words.
        }

        throw new NodeConfigurationException(field, $"\"{text}\" is neither an amount such as 100Mi nor a share such as 5%");
    }

    private static ApiMap<ApiMap<long>> MemoryOfNodes(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new NodeConfigurationException(name, "it must be a list of {numaNode, limits}");
        var nodes = ApiMap<ApiMap<long>>.Empty;
        var index = 0;
        foreach (var entry in value.EnumerateArray())
        {
            var field = $"{name}[{index++}]";
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("numaNode", out var node) || !entry.TryGetProperty("limits", out var limits))
                throw new NodeConfigurationException(field, "it must have numaNode and limits");
            var key = Number($"{field}.numaNode", node, 0, NumaSet.IdMax).ToString(CultureInfo.InvariantCulture);
            if (nodes.ContainsKey(key))
                throw new NodeConfigurationException($"{field}.numaNode", $"NUMA node {key} is there twice");
            var kinds = ApiMap<long>.Empty;
            foreach (var (kind, amount) in Amounts($"{field}.limits", limits))
            {
                if (kind != "memory" && !kind.StartsWith("hugepages-", StringComparison.Ordinal))
                    throw new NodeConfigurationException($"{field}.limits[{kind}]", "only memory and hugepages-SIZE are memory");
                kinds = kinds.With(kind, amount.Value);
            }

            nodes = nodes.With(key, kinds);
        }

        return nodes;
    }

    private static ApiMap<Quantity> Amounts(string name, JsonElement value)
    {
        var amounts = ApiMap<Quantity>.Empty;
        foreach (var (resource, text) in Strings(name, value))
        {
            amounts = Quantity.TryParse(text, out var amount) && !amount.IsNegative
                ? amounts.With(resource, amount)
                : throw new NodeConfigurationException($"{name}[{resource}]", $"\"{text}\" is not an amount such as 500m or 1Gi");
        }

        return amounts;
    }

    private static ApiMap<string> Strings(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw new NodeConfigurationException(name, "it must be a map");
        var strings = ApiMap<string>.Empty;
        foreach (var entry in value.EnumerateObject())
        {
            strings = strings.With(entry.Name, entry.Value.ValueKind switch
            {
                JsonValueKind.String => entry.Value.GetString()!,
                // Quantities may be written as numbers; options are strings, and the kubelet says so of a bare true.
                JsonValueKind.Number => entry.Value.GetRawText(),
                _ => throw new NodeConfigurationException($"{name}[{entry.Name}]", $"{entry.Value.GetRawText()} is not a string: put it in quotes"),
            });
        }

        return strings;
    }

    private static void Expect(JsonElement root, string field, string value)
    {
        if (!root.TryGetProperty(field, out var found) || found.ValueKind != JsonValueKind.String || found.GetString() != value)
            throw new NodeConfigurationException(field, $"it must be {value}");
    }

    private static string OneOf(string name, JsonElement value, params string[] allowed)
    {
        var text = Text(name, value);
        return text.Length == 0 ? allowed[0]
            : allowed.Contains(text) ? text
            : throw new NodeConfigurationException(name, $"\"{text}\" is not one of {string.Join(", ", allowed)}");
    }

    private static string Text(string name, JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new NodeConfigurationException(name, $"{value.GetRawText()} is not a string");

    private static bool Truth(string name, JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw new NodeConfigurationException(name, $"{value.GetRawText()} is neither true nor false");

    // As Go reads options.
    private static bool TruthOf(string field, string text) => text switch
    {
        "true" or "True" or "TRUE" or "t" or "T" or "1" => true,
        "false" or "False" or "FALSE" or "f" or "F" or "0" => false,
        _ => throw new NodeConfigurationException(field, $"\"{text}\" is neither true nor false"),
    };

    private static long Number(string name, JsonElement value, long min, long max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw new NodeConfigurationException(name, string.Create(CultureInfo.InvariantCulture, $"{value.GetRawText()} is not a number of at least {min}"));

    // Go's form: 10s, 1m30s, 500ms.
    private static TimeSpan Duration(string name, JsonElement value) => DurationOf(name, Text(name, value));

    private static TimeSpan DurationOf(string name, string text)
    {
        var rest = text;
        var total = TimeSpan.Zero;
        while (rest.Length > 0)
        {
            var digits = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            var unit = new string([.. rest.Skip(digits).TakeWhile(char.IsAsciiLetter)]);
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                break;
            var one = unit switch { "h" => TimeSpan.FromHours(1), "m" => TimeSpan.FromMinutes(1), "s" => TimeSpan.FromSeconds(1), "ms" => TimeSpan.FromMilliseconds(1), _ => TimeSpan.Zero };
            if (one == TimeSpan.Zero)
                break;
            total += one * count;
            rest = rest[(digits + unit.Length)..];
        }

        return rest.Length == 0 && total > TimeSpan.Zero
            ? total
            : throw new NodeConfigurationException(name, $"\"{text}\" is not a duration such as 10s or 1m30s");
    }
}
