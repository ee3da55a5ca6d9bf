namespace Berth.Node.Volumes;

/// <summary>A volume that is ready to be shown to containers.</summary>
/// <param name="HostPath">File or directory; empty for a volume that the runtime itself takes from an image.</param>
/// <param name="ReadOnly">Containers can never write, whatever their mount says.</param>
/// <param name="Image">Reference of an image volume; null for the others.</param>
/// <param name="Block">A device, which containers get as one.</param>
public sealed record MountedVolume(string Name, string HostPath, bool ReadOnly, string? Image = null, bool Block = false);
