using System.Globalization;
using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;
using Berth.Node.Volumes;
using Google.Protobuf;

namespace Berth.Node.PodSync;

/// <summary>One container in the runtime's words.</summary>
public sealed class ContainerConfiguration(NodeAgentOptions options, PodDirectories directories, PodVolumes volumes, ContainerEnvironment environment, long machineMemoryBytes)
{
    /// <param name="targetContainerId">Whose processes an ephemeral container shares.</param>
    /// <exception cref="ContainerConfigException">It refers to what is not there, or asks for what this node refuses.</exception>
    public async Task<ContainerConfig> BuildAsync(
        Pod pod, PodContainer container, int attempt, Image image, IReadOnlyDictionary<string, MountedVolume> mounted, IReadOnlyList<string> podIps, string? targetContainerId, CancellationToken ct)
    {
        var spec = container.Spec;
        var variables = await environment.BuildAsync(pod, spec, podIps, ct);
        string Expand(string text) => VariableExpansion.Expand(text, name => variables.GetValueOrDefault(name));

        var config = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = spec.Name, Attempt = (uint)attempt },
            Image = new ImageSpec { Image = image.Id, UserSpecifiedImage = spec.Image },
            WorkingDir = spec.WorkingDir,
            LogPath = PodDirectories.LogPath(spec.Name, attempt),
            Stdin = spec.Stdin,
            StdinOnce = spec.StdinOnce,
            Tty = spec.Tty,
            Linux = new LinuxContainerConfig
            {
                Resources = LinuxResources.OfContainer(pod, spec, machineMemoryBytes),
                SecurityContext = SecurityConfiguration.OfContainer(pod, container, image, options.SeccompDirectory, targetContainerId, []),
            },
        };
        config.Command.AddRange(spec.Command.Select(Expand));
        config.Args.AddRange(spec.Args.Select(Expand));
        foreach (var (name, value) in variables) config.Envs.Add(new KeyValue { Key = name, Value = ByteString.CopyFromUtf8(value) });
        Label(config, pod, container, attempt);
        AddMounts(config, pod, container, attempt, mounted, Expand);
        AddDevices(config, spec, mounted);
        if (spec.Lifecycle?.StopSignal is { } signal && Enum.TryParse<Signal>(signal.Replace("RTMIN+", "RTMINPLUS", StringComparison.Ordinal).Replace("RTMAX-", "RTMAXMINUS", StringComparison.Ordinal), ignoreCase: true, out var number))
            config.StopSignal = number;
        return config;
    }

    private void Label(ContainerConfig config, Pod pod, PodContainer container, int attempt)
    {
        config.Labels[RuntimeLabels.PodName] = pod.Metadata.Name;
        config.Labels[RuntimeLabels.PodNamespace] = pod.Metadata.Namespace;
        config.Labels[RuntimeLabels.PodUid] = pod.Metadata.Uid;
        config.Labels[RuntimeLabels.ContainerName] = container.Name;
        config.Annotations[RuntimeLabels.ContainerHash] = container.Hash;
        config.Annotations[RuntimeLabels.RestartCount] = attempt.ToString(CultureInfo.InvariantCulture);
        config.Annotations[RuntimeLabels.TerminationMessagePath] = container.Spec.TerminationMessagePath;
        config.Annotations[RuntimeLabels.TerminationMessagePolicy] = container.Spec.TerminationMessagePolicy;
        config.Annotations[RuntimeLabels.TerminationGracePeriod] = (pod.Spec.TerminationGracePeriodSeconds ?? 30).ToString(CultureInfo.InvariantCulture);
        if (container.Spec.TerminationMessagePath.Length > 0)
            config.Annotations[RuntimeLabels.TerminationMessageFile] = directories.TerminationFile(pod.Metadata.Uid, container.Name, attempt);
    }

    private void AddMounts(ContainerConfig config, Pod pod, PodContainer container, int attempt, IReadOnlyDictionary<string, MountedVolume> mounted, Func<string, string> expand)
    {
        var spec = container.Spec;
        for (var i = 0; i < spec.VolumeMounts.Count; i++)
        {
            var mount = spec.VolumeMounts[i];
            if (!mounted.TryGetValue(mount.Name, out var volume))
                throw ContainerConfigException.Config($"cannot find volume \"{mount.Name}\" to mount into container \"{spec.Name}\"");
            var path = mount.MountPath.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath;
            var subPath = mount.SubPathExpr.Length > 0 ? ExpandAll(mount.SubPathExpr, expand) : mount.SubPath;
            var readOnly = mount.ReadOnly || volume.ReadOnly;
            if (volume.Image is { } reference)
            {
                config.Mounts.Add(new Mount { ContainerPath = path, Image = new ImageSpec { Image = reference }, ImageSubPath = subPath, Readonly = true });
                continue;
            }

            config.Mounts.Add(new Mount
            {
                ContainerPath = path,
                HostPath = volumes.SourceOf(pod, spec.Name, i, volume, subPath),
                Readonly = readOnly,
                RecursiveReadOnly = readOnly && mount.RecursiveReadOnly is "Enabled" or "IfPossible",
                Propagation = mount.MountPropagation switch
                {
                    "Bidirectional" => MountPropagation.PropagationBidirectional,
                    "HostToContainer" => MountPropagation.PropagationHostToContainer,
                    _ => MountPropagation.PropagationPrivate,
                },
            });
        }

        var uid = pod.Metadata.Uid;
        if (spec.VolumeMounts.All(m => m.MountPath.TrimEnd('/') != "/etc/hosts") && (!pod.Spec.HostNetwork || pod.Spec.HostAliases.Count > 0))
            config.Mounts.Add(new Mount { ContainerPath = "/etc/hosts", HostPath = directories.HostsFile(uid), Readonly = spec.SecurityContext?.ReadOnlyRootFilesystem == true });
        if (spec.TerminationMessagePath.Length > 0)
        {
            var file = directories.TerminationFile(uid, spec.Name, attempt);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, []);
            // Whatever user the container runs as has to be able to write it.
            File.SetUnixFileMode(file, (UnixFileMode)0x1b6);
            config.Mounts.Add(new Mount { ContainerPath = spec.TerminationMessagePath, HostPath = file });
        }
    }

    private static void AddDevices(ContainerConfig config, Api.Core.V1.Container spec, IReadOnlyDictionary<string, MountedVolume> mounted)
    {
        foreach (var device in spec.VolumeDevices)
        {
            if (!mounted.TryGetValue(device.Name, out var volume))
                throw ContainerConfigException.Config($"cannot find volume \"{device.Name}\" to pass into container \"{spec.Name}\"");
            config.Devices.Add(new Device { ContainerPath = device.DevicePath, HostPath = volume.HostPath, Permissions = volume.ReadOnly ? "r" : "mrw" });
        }
    }

    private static string ExpandAll(string expression, Func<string, string> expand)
    {
        var result = expand(expression);
        return result.Contains("$(", StringComparison.Ordinal)
            ? throw ContainerConfigException.Config($"missing value for a variable in subPathExpr \"{expression}\"")
            : result;
    }
}
