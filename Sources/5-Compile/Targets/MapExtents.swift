/// Rows, columns and channels of a feature map or of a memory that holds a part of one, in elements.
package struct MapExtents: Hashable, Sendable, CustomStringConvertible {
  package var rows: Int
  package var columns: Int
  package var channels: Int

  package init(rows: Int, columns: Int, channels: Int) {
    self.rows = rows
    self.columns = columns
    self.channels = channels
  }

  package var elements: Int { rows * columns * channels }
  package var pixels: Int { rows * columns }

  package var description: String { "\(rows)x\(columns)x\(channels)" }
}

/// What a weight memory holds: kernel rows x kernel columns x input channels x output channels, in elements. A depthwise
/// engine's output channels count per input channel.
package struct WeightExtents: Hashable, Sendable, CustomStringConvertible {
  package var kernelRows: Int
  package var kernelColumns: Int
  package var inputChannels: Int
  package var outputChannels: Int

  package init(kernelRows: Int, kernelColumns: Int, inputChannels: Int, outputChannels: Int) {
    self.kernelRows = kernelRows
    self.kernelColumns = kernelColumns
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
  }

  package var description: String { "\(kernelRows)x\(kernelColumns)x\(inputChannels)x\(outputChannels)" }
}
