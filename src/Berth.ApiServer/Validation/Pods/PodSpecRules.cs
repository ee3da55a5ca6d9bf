using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Resources.Demand;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of a pod's spec, in a pod and in a template.</summary>
public static class PodSpecRules
{
    private const int NameserversMax = 3;
    private const int SearchesMax = 32;
    private const int SearchListMaxCharacters = 2048;

    // Longest host name of Linux.
    private const int HostnameMax = 64;

    /// <param name="metadata">Of the pod; null for a template.</param>
    public static void Validate(FieldErrors errors, FieldPath path, PodSpec spec, ObjectMeta? metadata)
    {
        var isPod = metadata is not null;
        if (spec.TerminationGracePeriodSeconds is null)
            errors.Required(path["terminationGracePeriodSeconds"]);
        var volumes = VolumeRules.Validate(errors, path["volumes"], spec.Volumes, metadata, isPod);
        Claims(errors, path["resourceClaims"], spec.ResourceClaims);
        var scope = new ContainerScope(
            spec, volumes, spec.ResourceClaims.Where(c => c.Name.Length > 0).Select(c => c.Name).ToHashSet(), spec.HostUsers != false);
        ContainerRules.Containers(errors, path["containers"], scope);
        ContainerRules.InitContainers(errors, path["initContainers"], scope);
        ContainerRules.EphemeralContainers(errors, path["ephemeralContainers"], scope);
        Resources(errors, path["resources"], spec, scope);
        HostNetworkPorts(errors, path["containers"], spec, isPod);
        BasicRules.RequiredOneOf(errors, path["restartPolicy"], spec.RestartPolicy, "Always", "OnFailure", "Never");
        BasicRules.RequiredOneOf(errors, path["dnsPolicy"], spec.DnsPolicy, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        MetadataRules.Labels(errors, path["nodeSelector"], spec.NodeSelector);
        SecurityRules.Pod(errors, path["securityContext"], spec.SecurityContext, spec);
        SchedulingRules.Affinity(errors, path["affinity"], spec.Affinity);
        Dns(errors, path["dnsConfig"], spec);
        for (var i = 0; i < spec.ReadinessGates.Count; i++)
            errors.Invalid(path["readinessGates"][i]["conditionType"], spec.ReadinessGates[i].ConditionType, NameSyntax.QualifiedName(spec.ReadinessGates[i].ConditionType));
        Gates(errors, path["schedulingGates"], spec.SchedulingGates);
        SchedulingRules.Spread(errors, path["topologySpreadConstraints"], spec.TopologySpreadConstraints);
        HostUsers(errors, path, spec);
        HostNames(errors, path, spec);
        if (spec.ServiceAccountName.Length > 0)
            errors.Invalid(path["serviceAccountName"], spec.ServiceAccountName, NameSyntax.DnsSubdomain(spec.ServiceAccountName));
        if (spec.NodeName.Length > 0)
            errors.Invalid(path["nodeName"], spec.NodeName, NameSyntax.DnsSubdomain(spec.NodeName));
        if (spec.ActiveDeadlineSeconds is < 1 or > int.MaxValue)
            errors.Invalid(path["activeDeadlineSeconds"], spec.ActiveDeadlineSeconds, NameSyntax.Range(1, int.MaxValue));
        SchedulingRules.Tolerations(errors, path["tolerations"], spec.Tolerations);
        for (var i = 0; i < spec.HostAliases.Count; i++)
        {
            IpRules.Address(errors, path["hostAliases"][i]["ip"], spec.HostAliases[i].Ip);
            for (var j = 0; j < spec.HostAliases[i].Hostnames.Count; j++)
                errors.Invalid(path["hostAliases"][i]["hostnames"][j], spec.HostAliases[i].Hostnames[j], NameSyntax.DnsSubdomain(spec.HostAliases[i].Hostnames[j]));
        }

        if (spec.PriorityClassName.Length > 0)
            errors.Invalid(path["priorityClassName"], spec.PriorityClassName, NameSyntax.DnsSubdomain(spec.PriorityClassName));
        if (spec.RuntimeClassName is { } runtime)
            errors.Invalid(path["runtimeClassName"], runtime, NameSyntax.DnsSubdomain(runtime));
        if (spec.PreemptionPolicy is { } preemption)
            BasicRules.RequiredOneOf(errors, path["preemptionPolicy"], preemption, "PreemptLowerPriority", "Never");
        if (!spec.Overhead.IsEmpty)
            ResourceRules.Requirements(errors, path["overhead"], new() { Limits = spec.Overhead }, [], ResourceRules.ContainerName);
        OperatingSystem(errors, path, spec);
        FileKeys(errors, path, spec);
    }

    private static void Claims(FieldErrors errors, FieldPath path, ApiList<PodResourceClaim> claims)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < claims.Count; i++)
        {
            var (claim, at) = (claims[i], path[i]);
            if (claim.Name.Length == 0)
                errors.Required(at["name"]);
            else if (!names.Add(claim.Name))
                errors.Duplicate(at["name"], claim.Name);
            else
                errors.Invalid(at["name"], claim.Name, NameSyntax.DnsLabel(claim.Name));
            if (claim is { ResourceClaimName: not null, ResourceClaimTemplateName: not null })
                errors.Invalid(at, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            else if (claim is { ResourceClaimName: null, ResourceClaimTemplateName: null })
                errors.Invalid(at, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            if (claim.ResourceClaimName is { } name)
                errors.Invalid(at["resourceClaimName"], name, NameSyntax.DnsSubdomain(name));
            if (claim.ResourceClaimTemplateName is { } template)
                errors.Invalid(at["resourceClaimTemplateName"], template, NameSyntax.DnsSubdomain(template));
        }
    }

    // The pod's own amounts bound those of its containers.
    private static void Resources(FieldErrors errors, FieldPath path, PodSpec spec, ContainerScope scope)
    {
        if (spec.Resources is not { } resources)
            return;
        if (spec.Os is { Name: "windows" })
        {
            errors.Forbidden(path, "may not be set for a windows pod");
            return;
        }

        if (!resources.Claims.IsEmpty)
            errors.Forbidden(path["claims"], "claims may not be set for Resources at pod-level");
        ResourceRules.Requirements(errors, path, resources, scope.Claims, ResourceRules.PodName);
        foreach (var (name, sum) in PodResources.ContainerRequests(spec))
        {
            if (resources.Requests.TryGetValue(name, out var own) && sum > own)
                errors.Invalid(path["requests"].Key(name), own, $"must be greater than or equal to aggregate container requests of {sum}");
        }

        foreach (var (name, sum) in PodResources.ContainerLimits(spec))
        {
            if (ResourceNames.IsHugePages(name) && resources.Limits.TryGetValue(name, out var own) && sum > own)
                errors.Invalid(path["limits"].Key(name), own, $"must be greater than or equal to aggregate container limits of {sum}");
        }

        for (var i = 0; i < spec.Containers.Count; i++)
        {
            foreach (var (name, limit) in spec.Containers[i].Resources.Limits)
            {
                if (resources.Limits.TryGetValue(name, out var own) && limit > own)
                    errors.Invalid(path["containers"][i].Key(name)["limits"], limit, $"must be less than or equal to pod limits of {own}");
            }
        }
    }

    private static void HostNetworkPorts(FieldErrors errors, FieldPath path, PodSpec spec, bool isPod)
    {
        if (!spec.HostNetwork)
            return;
        for (var i = 0; i < spec.Containers.Count; i++)
        {
            for (var j = 0; j < spec.Containers[i].Ports.Count; j++)
            {
                var port = spec.Containers[i].Ports[j];
                if ((isPod || port.HostPort != 0) && port.HostPort != port.ContainerPortValue)
                    errors.Invalid(path[i]["ports"][j]["hostPort"], port.HostPort, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }

    private static void Dns(FieldErrors errors, FieldPath path, PodSpec spec)
    {
        if (spec.DnsPolicy == "None" && spec.DnsConfig is null)
            errors.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        else if (spec.DnsPolicy == "None" && spec.DnsConfig!.Nameservers.IsEmpty)
            errors.Required(path["nameservers"], "must provide at least one DNS nameserver when `dnsPolicy` is None");
        else if (spec.DnsConfig is { } config)
            Dns(errors, path, config);
    }

    private static void Dns(FieldErrors errors, FieldPath path, PodDNSConfig config)
    {
        if (config.Nameservers.Count > NameserversMax)
            errors.Invalid(path["nameservers"], config.Nameservers, $"must not have more than {NameserversMax} nameservers");
        for (var i = 0; i < config.Nameservers.Count; i++)
            IpRules.Address(errors, path["nameservers"][i], config.Nameservers[i]);
        if (config.Searches.Count > SearchesMax)
            errors.Invalid(path["searches"], config.Searches, $"must not have more than {SearchesMax} search paths");
        if (string.Join(' ', config.Searches).Length > SearchListMaxCharacters)
            errors.Invalid(path["searches"], config.Searches, $"must not have more than {SearchListMaxCharacters} characters (including spaces) in the search list");
        for (var i = 0; i < config.Searches.Count; i++)
        {
            var search = config.Searches[i];
            if (search == ".")
                continue;
            search = search.EndsWith('.') ? search[..^1] : search;
            errors.Invalid(path["searches"][i], search, NameSyntax.DnsSubdomainWithUnderscore(search));
        }

        for (var i = 0; i < config.Options.Count; i++)
        {
            if (config.Options[i].Name.Length == 0)
                errors.Required(path["options"][i], "must not be empty");
        }
    }

    private static void Gates(FieldErrors errors, FieldPath path, ApiList<PodSchedulingGate> gates)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < gates.Count; i++)
        {
            errors.Invalid(path[i], gates[i].Name, NameSyntax.QualifiedName(gates[i].Name));
            if (!seen.Add(gates[i].Name))
                errors.Duplicate(path[i], gates[i].Name);
        }
    }

    private static void HostUsers(FieldErrors errors, FieldPath path, PodSpec spec)
    {
        if (spec.HostUsers != false)
            return;
        if (spec.HostNetwork)
            errors.Forbidden(path["hostNetwork"], "when `hostUsers` is false");
        if (spec.HostPID)
            errors.Forbidden(path["HostPID"], "when `hostUsers` is false");
        if (spec.HostIPC)
            errors.Forbidden(path["HostIPC"], "when `hostUsers` is false");
    }

    private static void HostNames(FieldErrors errors, FieldPath path, PodSpec spec)
    {
        if (spec.HostnameOverride is { } name)
        {
            var at = path["hostnameOverride"];
            if (spec.SetHostnameAsFQDN == true)
                errors.Forbidden(at, "may not be specified when setHostnameAsFQDN is true");
            if (spec.HostNetwork)
                errors.Forbidden(at, "may not be specified when hostNetwork is true");
            if (name.Length > HostnameMax)
                errors.TooLong(at, HostnameMax);
            errors.Invalid(at, name, NameSyntax.DnsSubdomain(name));
        }

        if (spec.Hostname.Length > 0)
            errors.Invalid(path["hostname"], spec.Hostname, NameSyntax.DnsLabel(spec.Hostname));
        if (spec.Subdomain.Length > 0)
            errors.Invalid(path["subdomain"], spec.Subdomain, NameSyntax.DnsLabel(spec.Subdomain));
    }

    private static void OperatingSystem(FieldErrors errors, FieldPath path, PodSpec spec)
    {
        if (spec.Os is not { } os)
            return;
        if (os.Name.Length == 0)
            errors.Required(path["os"]["name"]);
        else if (os.Name is not ("linux" or "windows"))
            errors.NotSupported(path["os"], os.Name, "linux", "windows");
        else if (os.Name == "linux" && spec.SecurityContext?.WindowsOptions is not null)
            errors.Forbidden(path["securityContext"]["windowsOptions"], "windows options cannot be set for a linux pod");
    }

    // A file that one container writes and another reads lies in a volume that lives as long as the pod.
    private static void FileKeys(FieldErrors errors, FieldPath path, PodSpec spec)
    {
        foreach (var (containers, list) in (ReadOnlySpan<(ApiList<Container>, string)>)[(spec.InitContainers, "initContainers"), (spec.Containers, "containers")])
        {
            for (var i = 0; i < containers.Count; i++)
            {
                for (var j = 0; j < containers[i].Env.Count; j++)
                {
                    if (containers[i].Env[j].ValueFrom?.FileKeyRef is not { } file)
                        continue;
                    var at = path[list][i]["env"][j]["valueFrom"]["fileKeyRef"]["volumeName"];
                    var volume = spec.Volumes.FirstOrDefault(v => v.Name == file.VolumeName);
                    if (volume is null)
                        errors.NotFound(at, file.VolumeName);
                    else if (volume.EmptyDir is null)
                        errors.Invalid(at, file.VolumeName, "referenced volume must be of type emptyDir");
                }
            }
        }
    }
}
