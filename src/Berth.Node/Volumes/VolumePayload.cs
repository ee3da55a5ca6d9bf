namespace Berth.Node.Volumes;

/// <summary>Files that a volume is to show.</summary>
/// <param name="Files">By path relative to the volume; no part of a path is "..".</param>
/// <param name="RefreshAt">When the content must be made again whatever changes; null for never.</param>
public sealed record VolumePayload(IReadOnlyDictionary<string, PayloadFile> Files, DateTimeOffset? RefreshAt = null);

/// <param name="Mode">Permission bits.</param>
public sealed record PayloadFile(byte[] Content, int Mode, long? Owner = null);
