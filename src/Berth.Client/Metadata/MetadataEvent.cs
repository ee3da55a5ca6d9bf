namespace Berth.Client.Metadata;

/// <summary>A change of an object of which only the metadata is known.</summary>
public readonly record struct MetadataEvent(WatchEventType Type, ObjectMetadata Object);
