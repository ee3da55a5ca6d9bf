using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>What containers may refer to and depend on in their pod.</summary>
/// <param name="Volumes">The pod's volumes without fault, by name.</param>
/// <param name="Claims">Names in <c>spec.resourceClaims</c>.</param>
/// <param name="HostUsers">True when the pod has no user namespace of its own.</param>
internal sealed record ContainerScope(PodSpec Pod, IReadOnlyDictionary<string, Volume> Volumes, HashSet<string> Claims, bool HostUsers);

/// <summary>Rules of containers, init containers and ephemeral containers.</summary>
internal static class ContainerRules
{
    private const string NoHook = "may not be set for init containers without restartPolicy=Always";
    private const string NotEphemeral = "cannot be set for an Ephemeral Container";
    private const int RestartRulesMax = 20;
    private const int ExitCodesMax = 255;

    public static void Containers(FieldErrors errors, FieldPath path, ContainerScope scope)
    {
        var containers = scope.Pod.Containers;
        if (containers.IsEmpty)
        {
            errors.Required(path);
            return;
        }

        var names = new HashSet<string>();
        for (var i = 0; i < containers.Count; i++)
        {
            var (container, at) = (containers[i], path[i]);
            Common(errors, at, container, scope);
            if (!names.Add(container.Name))
                errors.Duplicate(at["name"], container.Name);
            Hooks(errors, at, container, scope);
            Restart(errors, at, container);
        }

        HostPorts(errors, path, containers);
    }

    public static void InitContainers(FieldErrors errors, FieldPath path, ContainerScope scope)
    {
        var names = scope.Pod.Containers.Select(c => c.Name).ToHashSet();
        for (var i = 0; i < scope.Pod.InitContainers.Count; i++)
        {
            var (container, at) = (scope.Pod.InitContainers[i], path[i]);
            Common(errors, at, container, scope);
            Restart(errors, at, container);
            if (names.Contains(container.Name))
                errors.Duplicate(at["name"], container.Name);
            else if (container.Name.Length > 0)
                names.Add(container.Name);
            HostPorts(errors, path, [container]);
            if (container.RestartPolicy == "Always")
            {
                Hooks(errors, at, container, scope);
                continue;
            }

            foreach (var (name, set) in (ReadOnlySpan<(string, bool)>)
                [("lifecycle", container.Lifecycle is not null), ("livenessProbe", container.LivenessProbe is not null),
                 ("readinessProbe", container.ReadinessProbe is not null), ("startupProbe", container.StartupProbe is not null)])
            {
                if (set)
                    errors.Forbidden(at[name], NoHook);
            }

            for (var j = 0; j < container.ResizePolicy.Count; j++)
            {
                if (container.ResizePolicy[j].RestartPolicy == "RestartContainer")
                    errors.Invalid(at["resizePolicy"][j]["restartPolicy"], "RestartContainer", "must not be set to 'RestartContainer' for non-sidecar initContainers");
            }
        }
    }

    public static void EphemeralContainers(FieldErrors errors, FieldPath path, ContainerScope scope)
    {
        var others = scope.Pod.Containers.Select(c => c.Name).Concat(scope.Pod.InitContainers.Select(c => c.Name)).ToHashSet();
        var names = new HashSet<string>(others);
        for (var i = 0; i < scope.Pod.EphemeralContainers.Count; i++)
        {
            var (ephemeral, at) = (scope.Pod.EphemeralContainers[i], path[i]);
            var container = AsContainer(ephemeral);
            Common(errors, at, container, scope);
            Image(errors, at, container.Image);
            if (!names.Add(ephemeral.Name))
                errors.Duplicate(at["name"], ephemeral.Name);
            if (ephemeral.TargetContainerName.Length > 0 && !others.Contains(ephemeral.TargetContainerName))
                errors.NotFound(at["targetContainerName"], ephemeral.TargetContainerName);
            NotForEphemeral(errors, at, ephemeral);
        }
    }

    /// <summary>Rules for pods alone: templates made before they came may break them.</summary>
    public static void Image(FieldErrors errors, FieldPath path, string image)
    {
        if (image.Trim().Length != image.Length)
            errors.Invalid(path["image"], image, "must not have leading or trailing whitespace");
    }

    public static Container AsContainer(EphemeralContainer c) => new()
    {
        Name = c.Name,
        Image = c.Image,
        Command = c.Command,
        Args = c.Args,
        WorkingDir = c.WorkingDir,
        Ports = c.Ports,
        Env = c.Env,
        EnvFrom = c.EnvFrom,
        Resources = c.Resources,
        VolumeMounts = c.VolumeMounts,
        VolumeDevices = c.VolumeDevices,
        TerminationMessagePath = c.TerminationMessagePath,
        TerminationMessagePolicy = c.TerminationMessagePolicy,
        ImagePullPolicy = c.ImagePullPolicy,
        SecurityContext = c.SecurityContext,
        ResizePolicy = c.ResizePolicy,
    };

    private static void Common(FieldErrors errors, FieldPath path, Container container, ContainerScope scope)
    {
        if (container.Name.Length == 0)
            errors.Required(path["name"]);
        else
            errors.Invalid(path["name"], container.Name, NameSyntax.DnsLabel(container.Name));
        if (container.Image.Length == 0)
            errors.Required(path["image"]);
        BasicRules.RequiredOneOf(errors, path["terminationMessagePolicy"], container.TerminationMessagePolicy, "File", "FallbackToLogsOnError");
        Ports(errors, path["ports"], container.Ports);
        EnvRules.Variables(errors, path["env"], container.Env);
        EnvRules.From(errors, path["envFrom"], container.EnvFrom);
        MountRules.Mounts(errors, path["volumeMounts"], container, scope.Volumes);
        MountRules.Devices(errors, path["volumeDevices"], container, scope.Volumes);
        BasicRules.RequiredOneOf(errors, path["imagePullPolicy"], container.ImagePullPolicy, "Always", "IfNotPresent", "Never");
        ResourceRules.Requirements(errors, path["resources"], container.Resources, scope.Claims, ResourceRules.ContainerName);
        Resize(errors, path["resizePolicy"], container.ResizePolicy, scope.Pod.RestartPolicy);
        SecurityRules.Container(errors, path["securityContext"], container.SecurityContext, scope.HostUsers);
    }

    private static void Hooks(FieldErrors errors, FieldPath path, Container container, ContainerScope scope)
    {
        if (container.Lifecycle is { } lifecycle)
            ProbeRules.Lifecycle(errors, path["lifecycle"], lifecycle, scope.Pod.TerminationGracePeriodSeconds, scope.Pod.Os);
        ProbeRules.Liveness(errors, path["livenessProbe"], container.LivenessProbe);
        ProbeRules.Readiness(errors, path["readinessProbe"], container.ReadinessProbe);
        ProbeRules.Liveness(errors, path["startupProbe"], container.StartupProbe);
    }

    private static void Ports(FieldErrors errors, FieldPath path, ApiList<ContainerPort> ports)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, at) = (ports[i], path[i]);
            if (port.Name.Length > 0)
            {
                var problems = NameSyntax.PortName(port.Name);
                errors.Invalid(at["name"], port.Name, problems);
                if (problems.Length == 0 && !names.Add(port.Name))
                    errors.Duplicate(at["name"], port.Name);
            }

            if (port.ContainerPortValue == 0)
                errors.Required(at["containerPort"]);
            else
                errors.Invalid(at["containerPort"], port.ContainerPortValue, NameSyntax.PortNumber(port.ContainerPortValue));
            if (port.HostPort != 0)
                errors.Invalid(at["hostPort"], port.HostPort, NameSyntax.PortNumber(port.HostPort));
            BasicRules.RequiredOneOf(errors, at["protocol"], port.Protocol, "SCTP", "TCP", "UDP");
        }
    }

    private static void HostPorts(FieldErrors errors, FieldPath path, ApiList<Container> containers)
    {
        HashSet<string>? taken = null;
        for (var i = 0; i < containers.Count; i++)
        {
            for (var j = 0; j < containers[i].Ports.Count; j++)
            {
                var port = containers[i].Ports[j];
                var key = $"{port.Protocol}/{port.HostIP}/{port.HostPort}";
                if (port.HostPort != 0 && !(taken ??= []).Add(key))
                    errors.Duplicate(path[i]["ports"][j]["hostPort"], key);
            }
        }
    }

    private static void Resize(FieldErrors errors, FieldPath path, ApiList<ContainerResizePolicy> policies, string podRestart)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < policies.Count; i++)
        {
            var policy = policies[i];
            if (!seen.Add(policy.ResourceName))
                errors.Duplicate(path[i], policy.ResourceName);
            BasicRules.RequiredOneOf(errors, path, policy.ResourceName, "cpu", "memory");
            BasicRules.RequiredOneOf(errors, path, policy.RestartPolicy, "NotRequired", "RestartContainer");
            if (podRestart == "Never" && policy.RestartPolicy != "NotRequired")
                errors.Invalid(path, policy.RestartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
        }
    }

    private static void Restart(FieldErrors errors, FieldPath path, Container container)
    {
        if (container.RestartPolicy is { } policy)
            BasicRules.OneOf(errors, path["restartPolicy"], policy, "Always", "Never", "OnFailure");
        else if (!container.RestartPolicyRules.IsEmpty)
            errors.Required(path["restartPolicy"], "must specify restartPolicy when restart rules are used");
        if (container.RestartPolicyRules.Count > RestartRulesMax)
            errors.TooMany(path["restartPolicyRules"], container.RestartPolicyRules.Count, RestartRulesMax);
        for (var i = 0; i < container.RestartPolicyRules.Count; i++)
        {
            var (rule, at) = (container.RestartPolicyRules[i], path["restartPolicyRules"][i]);
            BasicRules.OneOf(errors, at["action"], rule.Action, "Restart", "RestartAllContainers");
            if (rule.ExitCodes is not { } codes)
            {
                errors.Required(at["exitCodes"], "must be specified");
                continue;
            }

            BasicRules.OneOf(errors, at["exitCodes"]["operator"], codes.Operator, "In", "NotIn");
            if (codes.Values.Count > ExitCodesMax)
                errors.TooMany(at["exitCodes"]["values"], codes.Values.Count, ExitCodesMax);
        }
    }

    private static void NotForEphemeral(FieldErrors errors, FieldPath path, EphemeralContainer container)
    {
        foreach (var (name, set) in (ReadOnlySpan<(string, bool)>)
            [("ports", !container.Ports.IsEmpty), ("resources", container.Resources != ResourceRequirements.Empty),
             ("resizePolicy", !container.ResizePolicy.IsEmpty), ("restartPolicy", container.RestartPolicy is not null),
             ("restartPolicyRules", !container.RestartPolicyRules.IsEmpty), ("livenessProbe", container.LivenessProbe is not null),
             ("readinessProbe", container.ReadinessProbe is not null), ("startupProbe", container.StartupProbe is not null),
             ("lifecycle", container.Lifecycle is not null)])
        {
            if (set)
                errors.Forbidden(path[name], NotEphemeral);
        }

        for (var i = 0; i < container.VolumeMounts.Count; i++)
        {
            if (container.VolumeMounts[i].SubPath.Length > 0)
                errors.Forbidden(path["volumeMounts"][i]["subPath"], NotEphemeral);
            if (container.VolumeMounts[i].SubPathExpr.Length > 0)
                errors.Forbidden(path["volumeMounts"][i]["subPathExpr"], NotEphemeral);
        }
    }
}
