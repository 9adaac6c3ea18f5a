/** Graphics cards by CUDA, through JCuda: driver, NVRTC, cuBLAS and the kernels in {@code *.cu} beside these classes. */
package dev.locret.backend.cuda;
