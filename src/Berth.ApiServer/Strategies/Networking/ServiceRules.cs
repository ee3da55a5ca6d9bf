using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

/// <summary>Rules of services.</summary>
public static class ServiceRules
{
    // A client cannot be kept for longer than a day.
    private const int AffinityMaxSeconds = 86_400;

    public static void Validate(FieldErrors errors, Service value)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        Type(errors, path, spec);
        Ports(errors, path["ports"], spec);
        MetadataRules.Labels(errors, path["selector"], spec.Selector);
        Affinity(errors, path, spec);
        Addresses(errors, value, null);
        for (var i = 0; i < spec.ExternalIPs.Count; i++)
        {
            if (IpRules.Address(errors, path["externalIPs"][i], spec.ExternalIPs[i]))
                IpRules.Endpoint(errors, path["externalIPs"][i], spec.ExternalIPs[i]);
        }

        LoadBalancer(errors, path, spec);
        Traffic(errors, path, spec);
    }

    public static void ValidateUpdate(FieldErrors errors, Service value, Service old)
    {
        var (spec, before) = (value.Spec, old.Spec);
        AddressesUnchanged(errors, FieldPath.Spec, spec, before);
        if (spec.Type == "LoadBalancer" && before.Type == "LoadBalancer" && spec.LoadBalancerClass != before.LoadBalancerClass)
            errors.Invalid("spec.loadBalancerClass", spec.LoadBalancerClass, "may not change once set");
        if (ServiceFields.NeedsHealthCheckNodePort(spec) && ServiceFields.NeedsHealthCheckNodePort(before) && spec.HealthCheckNodePort != before.HealthCheckNodePort)
            errors.Forbidden("spec.healthCheckNodePort", BasicRules.Immutable);
    }

    public static void ValidateStatus(FieldErrors errors, Service value, Service old)
    {
        var path = FieldPath.Root["status"]["loadBalancer"]["ingress"];
        var ingress = value.Status.LoadBalancer.Ingress;
        if (value.Spec.Type != "LoadBalancer" && !ingress.IsEmpty)
        {
            errors.Forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }

        for (var i = 0; i < ingress.Count; i++)
        {
            var (item, at) = (ingress[i], path[i]);
            if (item.Ip.Length > 0)
                IpRules.Address(errors, at["ip"], item.Ip, old.Status.LoadBalancer.Ingress.Select(o => o.Ip));
            if (item.IpMode is null && item.Ip.Length > 0)
                errors.Required(at["ipMode"], "must be specified when `ip` is set");
            else if (item.IpMode is not null && item.Ip.Length == 0)
                errors.Forbidden(at["ipMode"], "may not be specified when `ip` is not set");
            else if (item.IpMode is not null)
                BasicRules.OneOf(errors, at["ipMode"], item.IpMode, "Proxy", "VIP");
            if (item.Hostname.Length == 0)
                continue;
            errors.Invalid(at["hostname"], item.Hostname, NameSyntax.DnsSubdomain(item.Hostname));
            if (IpRules.Parse(item.Hostname) is not null)
                errors.Invalid(at["hostname"], (object)item.Hostname, "must be a DNS name, not an IP address");
        }
    }

    /// <summary>Rules of <c>clusterIP</c>, <c>clusterIPs</c>, <c>ipFamilies</c> and <c>ipFamilyPolicy</c>, which must fit each other.</summary>
    public static void Addresses(FieldErrors errors, Service value, Service? old)
    {
        var spec = value.Spec;
        if (!ServiceFields.NeedsClusterIP(spec))
            return;
        var (addresses, families) = (FieldPath.Spec["clusterIPs"], FieldPath.Spec["ipFamilies"]);
        if (spec.ClusterIP.Length > 0 && spec.ClusterIPs.IsEmpty)
            errors.Required(addresses);
        else if (spec.ClusterIP.Length > 0 && spec.ClusterIPs[0] != spec.ClusterIP)
            errors.Invalid(addresses, spec.ClusterIPs, "first value must match `clusterIP`");
        else if (spec.ClusterIP.Length == 0 && !spec.ClusterIPs.IsEmpty)
            errors.Invalid(addresses, spec.ClusterIPs, "must be empty when `clusterIP` is not specified");
        var seen = new HashSet<string>();
        for (var i = 0; i < spec.IpFamilies.Count; i++)
        {
            BasicRules.OneOf(errors, families[i], spec.IpFamilies[i], "IPv4", "IPv6");
            if (!seen.Add(spec.IpFamilies[i]))
                errors.Duplicate(families[i], spec.IpFamilies[i]);
        }

        if (spec.IpFamilyPolicy is { } policy)
            BasicRules.OneOf(errors, FieldPath.Spec["ipFamilyPolicy"], policy, "PreferDualStack", "RequireDualStack", "SingleStack");
        var valid = true;
        for (var i = 0; i < spec.ClusterIPs.Count; i++)
        {
            if (i == 0 && spec.ClusterIPs[0] == "None")
            {
                valid &= spec.ClusterIPs.Count == 1;
                if (!valid)
                    errors.Invalid(addresses, spec.ClusterIPs, "'None' must be the first and only value");
                continue;
            }

            valid &= IpRules.Address(errors, addresses[i], spec.ClusterIPs[i], old?.Spec.ClusterIPs);
        }

        if (spec.ClusterIPs.Count > 2)
            errors.Invalid(addresses, spec.ClusterIPs, "may only hold up to 2 values");
        if (!valid)
            return;
        if (spec.ClusterIPs.Count > 1 && IpRules.IsV6(spec.ClusterIPs[0]) == IpRules.IsV6(spec.ClusterIPs[1]))
            errors.Invalid(addresses, spec.ClusterIPs, "may specify no more than one IP for each IP family");
        for (var i = 0; !ServiceFields.IsHeadless(spec) && i < spec.ClusterIPs.Count && i < spec.IpFamilies.Count; i++)
        {
            if (IpRules.IsV6(spec.ClusterIPs[i]) != (spec.IpFamilies[i] == "IPv6"))
                errors.Invalid(addresses[i], (object)spec.ClusterIPs[i], $"expected an {spec.IpFamilies[i]} value as indicated by `ipFamilies[{i}]`");
        }
    }

    private static void Type(FieldErrors errors, FieldPath path, ServiceSpec spec)
    {
        BasicRules.RequiredOneOf(errors, path["type"], spec.Type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        if (spec.Ports.IsEmpty && !ServiceFields.IsHeadless(spec) && spec.Type != "ExternalName")
            errors.Required(path["ports"]);
        if (spec.Type is "LoadBalancer" or "NodePort" && ServiceFields.IsHeadless(spec))
            errors.Invalid(path["clusterIPs"][0], "None", $"may not be set to 'None' for {spec.Type} services");
        if (spec.Type != "ExternalName")
            return;
        if (!spec.ClusterIPs.IsEmpty)
            errors.Forbidden(path["clusterIPs"], "may not be set for ExternalName services");
        if (!spec.IpFamilies.IsEmpty)
            errors.Forbidden(path["ipFamilies"], "may not be set for ExternalName services");
        if (spec.IpFamilyPolicy is not null)
            errors.Forbidden(path["ipFamilyPolicy"], "may not be set for ExternalName services");
        var name = spec.ExternalName.EndsWith('.') ? spec.ExternalName[..^1] : spec.ExternalName;
        if (name.Length == 0)
            errors.Required(path["externalName"]);
        else
            errors.Invalid(path["externalName"], name, NameSyntax.DnsSubdomain(name));
    }

    private static void Ports(FieldErrors errors, FieldPath path, ServiceSpec spec)
    {
        var (names, nodePorts, ports) = (new HashSet<string>(), new HashSet<(string, int)>(), new HashSet<(string, int)>());
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var (port, at) = (spec.Ports[i], path[i]);
            if (port.Name.Length > 0)
            {
                errors.Invalid(at["name"], port.Name, NameSyntax.DnsLabel(port.Name));
                if (!names.Add(port.Name))
                    errors.Duplicate(at["name"], port.Name);
            }
            else if (spec.Ports.Count > 1)
            {
                errors.Required(at["name"]);
            }

            errors.Invalid(at["port"], port.Port, NameSyntax.PortNumber(port.Port));
            BasicRules.RequiredOneOf(errors, at["protocol"], port.Protocol, "SCTP", "TCP", "UDP");
            BasicRules.Port(errors, at["targetPort"], port.TargetPort);
            if (port.AppProtocol is { } protocol)
                errors.Invalid(at["appProtocol"], protocol, NameSyntax.QualifiedName(protocol));
            if (port.NodePort != 0 && spec.Type == "ClusterIP")
                errors.Forbidden(at["nodePort"], "may not be used when `type` is 'ClusterIP'");
            if (port.NodePort != 0 && !nodePorts.Add((port.Protocol, port.NodePort)))
                errors.Duplicate(at["nodePort"], port.NodePort);
            if (!ports.Add((port.Protocol, port.Port)))
                errors.Duplicate(at, new ServicePort { Protocol = port.Protocol, Port = port.Port });
        }
    }

    private static void Affinity(FieldErrors errors, FieldPath path, ServiceSpec spec)
    {
        BasicRules.RequiredOneOf(errors, path["sessionAffinity"], spec.SessionAffinity, "ClientIP", "None");
        var at = path["sessionAffinityConfig"];
        if (spec.SessionAffinity == "None" && spec.SessionAffinityConfig is not null)
            errors.Forbidden(at, "must not be set when session affinity is None");
        if (spec.SessionAffinity != "ClientIP")
            return;
        const string When = "when session affinity type is ClientIP";
        if (spec.SessionAffinityConfig is not { } config)
            errors.Required(at, When);
        else if (config.ClientIP is not { } client)
            errors.Required(at["clientIP"], When);
        else if (client.TimeoutSeconds is not { } seconds)
            errors.Required(at["clientIP"]["timeoutSeconds"], When);
        else if (seconds is <= 0 or > AffinityMaxSeconds)
            errors.Invalid(at["clientIP"]["timeoutSeconds"], seconds, $"must be greater than 0 and less than {AffinityMaxSeconds}");
    }

    private static void LoadBalancer(FieldErrors errors, FieldPath path, ServiceSpec spec)
    {
        const string Only = "may only be used when `type` is 'LoadBalancer'";
        var isLoadBalancer = spec.Type == "LoadBalancer";
        if (!spec.LoadBalancerSourceRanges.IsEmpty)
        {
            if (!isLoadBalancer)
                errors.Forbidden(path["LoadBalancerSourceRanges"], Only);
            for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
                IpRules.Prefix(errors, path["LoadBalancerSourceRanges"][i], spec.LoadBalancerSourceRanges[i].Trim());
        }

        if (spec.AllocateLoadBalancerNodePorts is not null && !isLoadBalancer)
            errors.Forbidden(path["allocateLoadBalancerNodePorts"], Only);
        if (spec.LoadBalancerClass is { } name)
        {
            if (isLoadBalancer)
                errors.Invalid(path["loadBalancerClass"], name, NameSyntax.QualifiedName(name));
            else
                errors.Forbidden(path["loadBalancerClass"], Only);
        }
    }

    private static void Traffic(FieldErrors errors, FieldPath path, ServiceSpec spec)
    {
        if (ServiceFields.IsExternal(spec))
            BasicRules.RequiredOneOf(errors, path["externalTrafficPolicy"], spec.ExternalTrafficPolicy, "Cluster", "Local");
        else if (spec.ExternalTrafficPolicy.Length > 0)
            errors.Invalid(path["externalTrafficPolicy"], (object)spec.ExternalTrafficPolicy, "may only be set for externally-accessible services");
        if (!ServiceFields.NeedsHealthCheckNodePort(spec))
        {
            if (spec.HealthCheckNodePort != 0)
                errors.Invalid(path["healthCheckNodePort"], spec.HealthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
        else if (spec.HealthCheckNodePort != 0)
        {
            errors.Invalid(path["healthCheckNodePort"], spec.HealthCheckNodePort, NameSyntax.PortNumber(spec.HealthCheckNodePort));
        }

        if (spec.InternalTrafficPolicy is { } policy)
            BasicRules.OneOf(errors, path["internalTrafficPolicy"], policy, "Cluster", "Local");
        else if (spec.Type is "ClusterIP" or "NodePort" or "LoadBalancer")
            errors.Required(path["internalTrafficPolicy"]);
        if (spec.TrafficDistribution is { } distribution)
            BasicRules.OneOf(errors, path["trafficDistribution"], distribution, "PreferClose", "PreferSameZone", "PreferSameNode");
    }

    // The primary address and family stay; the secondary ones may be added, and given up by who says SingleStack.
    private static void AddressesUnchanged(FieldErrors errors, FieldPath path, ServiceSpec spec, ServiceSpec old)
    {
        var (headless, wasHeadless) = (ServiceFields.IsHeadless(spec), ServiceFields.IsHeadless(old));
        if (!ServiceFields.NeedsClusterIP(spec) || !ServiceFields.NeedsClusterIP(old) || (headless && wasHeadless))
            return;
        if (spec.ClusterIPs.IsEmpty && !old.ClusterIPs.IsEmpty)
            errors.Invalid(path["clusterIPs"][0], spec.ClusterIPs, "primary clusterIP can not be unset");
        Kept(spec.ClusterIPs, old.ClusterIPs, path["clusterIPs"], "releasing the secondary clusterIP");
        if (headless == wasHeadless)
            Kept(spec.IpFamilies, old.IpFamilies, path["ipFamilies"], "releasing the secondary ipFamily");

        void Kept(ApiList<string> now, ApiList<string> before, FieldPath at, string releasing)
        {
            for (var i = 0; i < now.Count && i < before.Count; i++)
            {
                if (now[i] != before[i])
                    errors.Invalid(at[i], now, "may not change once set");
            }

            if (now.Count == 1 && before.Count == 2 && spec.IpFamilyPolicy != "SingleStack")
                errors.Invalid(path["ipFamilyPolicy"], spec.IpFamilyPolicy, $"must be set to 'SingleStack' when {releasing}");
        }
    }
}
